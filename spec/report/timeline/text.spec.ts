import { expect } from 'chai'
import type { UploadReport } from '../../../lib/report/report.ts'
import { renderTimeline } from '../../../lib/report/timeline/timeline.ts'
import { attemptReport, refused, refusedReport, uploadReport } from '../../support/reports.ts'

const unasked = { asked: false, interim: [], waitedMs: 0 }

const pictures: readonly (readonly [string, UploadReport, string])[] = [
  [
    'a 100',
    uploadReport(),
    `
continued: 201, waited 30.0 ms, 48.0 MiB sent
#1 PUT http://uploads.example/videos/1
    10.0 ms  > head, expect: 100-continue   │
    10.0 ms    body waits 30.0 ms           ░░░
    40.0 ms  < 100                             │
    40.0 ms  > body 48.0 MiB                   ████████████████████████████████
   370.0 ms  < 201                                                             │`,
  ],
  [
    'a refusal, and what it saved',
    refusedReport(),
    `
refused: 413, waited 30.0 ms, 0 bytes sent, 48.0 MiB not sent
#1 PUT http://uploads.example/videos/1
    10.0 ms  > head, expect: 100-continue           │
    10.0 ms    body waits 30.0 ms                   ░░░░░░░░░░░░░░░░░░░░░░░░░░░░
    40.0 ms  < 413                                                             │
               48.0 MiB not sent           ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌`,
  ],
  [
    'silence, and an interim response in it',
    uploadReport({
      outcome: 'silent',
      waitedMs: 1000,
      attempts: [
        attemptReport({
          interim: [{ status: 103, atMs: 200 }],
          contentAtMs: 1010,
          contentEndAtMs: 1300,
          statusAtMs: 1330,
        }),
      ],
    }),
    `
silent: 201, waited 1000.0 ms, 48.0 MiB sent
#1 PUT http://uploads.example/videos/1
    10.0 ms  > head, expect: 100-continue  │
    10.0 ms    body waits 1000.0 ms        ░░░░░░░░░░░░░░░░░░░░░░░░░░░░
   200.0 ms  < 103                              │
  1010.0 ms  > body 48.0 MiB                                           ████████
  1330.0 ms  < 201                                                             │`,
  ],
  [
    'a replay, on the same scale',
    uploadReport({
      outcome: 'replayed',
      attempts: [
        attemptReport({ ...refused, status: 417 }),
        attemptReport({ ...unasked, reason: 'replay', startedAtMs: 50, contentAtMs: 10 }),
      ],
    }),
    `
replayed: 201, waited 30.0 ms, 48.0 MiB sent
#1 PUT http://uploads.example/videos/1
    10.0 ms  > head, expect: 100-continue  │
    10.0 ms    body waits 30.0 ms          ░░░
    40.0 ms  < 417                            │
#2 PUT (replay) http://uploads.example/videos/1
    60.0 ms  > head                             │
    60.0 ms  > body 48.0 MiB                    ███████████████████████████████
   420.0 ms  < 201                                                             │`,
  ],
  [
    'a failed connection, and the delay after it',
    uploadReport({
      attempts: [
        attemptReport({ contentEndAtMs: null, status: null, statusAtMs: null, sentBytes: 1000 }),
        attemptReport({ reason: 'retry', startedAtMs: 620, delayMs: 500 }),
      ],
    }),
    `
continued: 201, waited 30.0 ms, 48.0 MiB sent
#1 PUT http://uploads.example/videos/1
    10.0 ms  > head, expect: 100-continue  │
    10.0 ms    body waits 30.0 ms          ░
    40.0 ms  < 100                          │
    40.0 ms  > body 1000 bytes              ███
   120.0 ms  × no response                     ×
#2 PUT (retry) http://uploads.example/videos/1
   120.0 ms    delay 500.0 ms                  ···················
   630.0 ms  > head, expect: 100-continue                         │
   630.0 ms    body waits 30.0 ms                                 ░
   660.0 ms  < 100                                                 │
   660.0 ms  > body 48.0 MiB                                       ████████████
   990.0 ms  < 201                                                             │`,
  ],
  [
    'a connection that failed while content waited',
    uploadReport({
      attempts: [
        attemptReport({ ...refused, status: null, statusAtMs: null }),
        attemptReport({ reason: 'fresh-connection', startedAtMs: 110 }),
      ],
    }),
    `
continued: 201, waited 30.0 ms, 48.0 MiB sent
#1 PUT http://uploads.example/videos/1
    10.0 ms  > head, expect: 100-continue  │
    10.0 ms    body waits 100.0 ms         ░░░░░░░░
   110.0 ms  × no response                         ×
#2 PUT (fresh-connection) http://uploads.example/videos/1
   120.0 ms  > head, expect: 100-continue           │
   120.0 ms    body waits 30.0 ms                   ░░
   150.0 ms  < 100                                    │
   150.0 ms  > body 48.0 MiB                          █████████████████████████
   480.0 ms  < 201                                                             │`,
  ],
  [
    'a response that stopped the content',
    uploadReport({
      outcome: 'answered',
      sentBytes: 1024,
      savedBytes: 1536,
      attempts: [attemptReport({ status: 200, contentEndAtMs: null, sentBytes: 1024 })],
    }),
    `
answered: 200, waited 30.0 ms, 1.0 KiB sent, 1.5 KiB not sent
#1 PUT http://uploads.example/videos/1
    10.0 ms  > head, expect: 100-continue   │
    10.0 ms    body waits 30.0 ms           ░░░
    40.0 ms  < 100                             │
    40.0 ms  > body 1.0 KiB                    █████████████████████████████████
   370.0 ms  < 200                                                             │
               1.5 KiB not sent            ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌`,
  ],
  [
    'an upload whose head no gate saw',
    uploadReport({
      outcome: 'not-asked',
      waitedMs: 0,
      attempts: [
        attemptReport({ ...unasked, headAtMs: null, contentAtMs: 12, contentEndAtMs: null }),
      ],
    }),
    `
not-asked: 201, 48.0 MiB sent
#1 PUT http://uploads.example/videos/1
    12.0 ms  > body 48.0 MiB                ████████████████████████████████████
   370.0 ms  < 201                                                             │`,
  ],
]

describe('a timeline as text', () => {
  for (const [what, report, picture] of pictures) {
    it(`shows ${what}`, () => {
      expect(`\n${renderTimeline(report, 'text')}`).to.equal(picture)
    })
  }
})
