import { writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { ContentInput } from '../../lib/content/content.ts'
import { fromFile } from '../../lib/content/file.ts'
import type { ResumableFault } from '../../lib/testing/index.ts'
import { chunksOf } from '../support/contents.ts'
import { temporaryFile } from '../support/files.ts'
import {
  attemptTexts,
  content,
  digest,
  failed,
  faults,
  plainHttp,
  sent,
  ways,
} from '../support/resumable.ts'

const third = 1_000_000

/** An upload that is cut after a third: it asks for the offset, and sends the rest. */
const wholeCourse = [
  'first PUT broke',
  'locate HEAD 204',
  `resume PATCH 201 from ${third}`,
] as const

for (const way of ways) {
  describe(`an interrupted upload over ${way.name}`, () => {
    it('continues at the offset of the origin', async () => {
      const origin = await way.open({ fault: faults({ after: third, with: 'reset' }) })
      const { response, report } = await sent(origin)
      expect(response.status).to.equal(201)
      expect(report.outcome).to.equal('resumed')
      expect(attemptTexts(report)).to.deep.equal(wholeCourse)
      expect(origin.uploads).to.have.length(1)
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    })

    it('sends an append as the draft requires, with an expectation', async () => {
      const origin = await way.open({ fault: faults({ after: third, with: 'reset' }) })
      const { report } = await sent(origin, { headers: { 'content-type': 'video/h264' } })
      const [, locating, appending] = origin.requests
      expect(locating).to.include({ method: 'HEAD', path: '/uploads/1' })
      expect(appending).to.include({ method: 'PATCH', path: '/uploads/1' })
      expect(appending?.headers).to.include({
        'content-type': 'application/partial-upload',
        'content-length': String(content.length - third),
        'upload-offset': String(third),
        'upload-complete': '?1',
        'upload-draft-interop-version': '8',
        expect: '100-continue',
      })
      expect(report.attempts.at(-1)).to.include({ asked: true, offset: third })
    })

    it('continues after each 5xx while it makes progress', async () => {
      const cuts = [500, 'reset', 503, 'reset', 599] as const
      const all = cuts.flatMap((how) => [{ after: 100_000, with: how }, null])
      const origin = await way.open({ fault: faults(...all) })
      const { response, report } = await sent(origin, { resume: { minDelay: 0, attempts: 1 } })
      expect(response.status).to.equal(201)
      expect(report.attempts.map(({ offset }) => offset ?? 0)).to.deep.equal([
        ...[0, 0, 100_000, 0, 200_000, 0, 300_000, 0, 400_000, 0, 500_000],
      ])
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest, appends: 6 })
    })

    it('continues after a stalled connection, and after a headers timeout', async () => {
      const origin = await way.open({ fault: faults({ after: 100_000, with: 'stall' }) })
      const timeouts = { stall: 200, headers: 2000 }
      const { response, report } = await sent(origin, { timeouts })
      expect(response.status).to.equal(201)
      expect(report.attempts[2]).to.include({ reason: 'resume', offset: 100_000 })
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    })

    it('can be interrupted before, within and after its content, and arrives once', async () => {
      for (const after of [0, 1, 65_536, 2_999_999, 3_000_000]) {
        const origin = await way.open({ fault: faults({ after, with: 'reset' }) })
        const { response, report } = await sent(origin)
        expect(response.status, `after ${after}`).to.equal(201)
        expect(report.acknowledged, `after ${after}`).to.equal(content.length)
        expect(origin.uploads, `after ${after}`).to.have.length(1)
        expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
      }
    })
  })
}

/** A Blob whose stream has other bytes than its slices. */
class Inverted extends Blob {
  override stream(): ReturnType<Blob['stream']> {
    const invert = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, out) => out.enqueue(chunk.map((byte) => byte ^ 255)),
    })
    return super.stream().pipeThrough(invert)
  }
}

/** Content of each kind that can be opened again, or is kept. */
function inputs(): Record<string, () => ContentInput> {
  const path = temporaryFile()
  writeFileSync(path, content)
  const text = content.toString('base64').slice(0, content.length)
  const chunks = chunksOf(content, 40)
  return {
    'a Buffer': () => content,
    'a string': () => text,
    'an ArrayBuffer': () => new Uint8Array(content).buffer,
    'a Blob': () => new Blob([content]),
    'a Blob with a custom stream': () => new Inverted([content]),
    'a file': () => fromFile(path),
    'a part of a file': () => fromFile(path, { start: 5, end: 2_500_000 }),
    'an array': () => chunks,
    'a function': () => () => Readable.from(chunks),
    'an async function of a file': () => async () => fromFile(path),
    'a function that is given where to start': () => (opening) => content.subarray(opening.start),
    'a length and a function': () => ({ length: content.length, open: () => chunks }),
    'a length and a function that is given where to start': () => ({
      length: content.length,
      open: ({ start }: { start: number }) => Readable.from(chunksOf(content.subarray(start))),
    }),
    'a stream': () => Readable.from(chunks),
    'a web stream': () => Readable.toWeb(Readable.from(chunks)),
    'a generator': () =>
      (function* () {
        yield* chunks
      })(),
    'a form': () => {
      const form = new FormData()
      form.set('file', new Blob([content]), 'file')
      return form
    },
  }
}

/** A form has a new boundary each time. */
function unbound(form: Buffer | undefined): Buffer | undefined {
  const boundary = /^--([\w-]+)\r\n/.exec(form?.subarray(0, 100).toString('latin1') ?? '')?.[1]
  if (form === undefined || boundary === undefined) return form
  return Buffer.from(form.toString('latin1').replaceAll(boundary, 'boundary'), 'latin1')
}

/** Two cuts, the second one after the upload was resumed. */
const twice: readonly (ResumableFault | null)[] = [
  { after: 700_001, with: 'reset' },
  null,
  { after: 300_001, with: 'reset' },
]

describe('content that is needed from an offset', () => {
  for (const name of Object.keys(inputs())) {
    it(`is ${name}`, async () => {
      const make = inputs()[name] as () => ContentInput
      const uninterrupted = await plainHttp.open({ keepContent: true })
      const again = await plainHttp.open({ keepContent: true, fault: faults(...twice) })
      const input = make()
      const replayWindow = 10_000_000
      const replayed = name.includes('stream') || name.includes('generator') ? make() : input
      await sent(uninterrupted, { replayWindow }, input)
      const { report } = await sent(again, { replayWindow }, replayed)
      expect(report.attempts.map(({ offset }) => offset ?? 0)).to.deep.equal([
        ...[0, 0, 700_001, 0, 1_000_002],
      ])
      expect(again.uploads[0]?.state).to.equal('complete')
      expect(again.uploads[0]?.offset).to.be.above(2_000_000)
      const [wanted, came] = [uninterrupted.uploads[0]?.content, again.uploads[0]?.content].map(
        unbound,
      )
      expect(wanted !== undefined && came?.equals(wanted), 'the same content').to.equal(true)
    })
  }
})

describe('an upload without progress', () => {
  it('fails after the given number of attempts, with the error of the last one', async () => {
    const origin = await plainHttp.open({
      fault: ({ method }) => (method === 'DELETE' ? null : { after: 0, with: 'reset' }),
      alter: (fields, status) => (status === 204 ? null : fields),
    })
    const error = await failed(origin, {
      resume: { minDelay: 0, attempts: 3 },
      timeouts: { headers: 50 },
    })
    expect(error.code).to.equal('ERR_EXPECT_HEADERS_TIMEOUT')
    const methods = origin.requests.map(({ method }) => method)
    expect(methods.slice(0, 4)).to.deep.equal(['PUT', 'HEAD', 'HEAD', 'HEAD'])
  })

  it('returns a 503 that comes repeatedly, with a token to resume later', async () => {
    const origin = await plainHttp.open({
      fault: ({ method }) => (method === 'HEAD' ? null : { after: 0, with: 503 }),
    })
    const { response, report } = await sent(origin, { resume: { minDelay: 0, attempts: 2 } })
    expect(response.status).to.equal(503)
    expect(attemptTexts(report)).to.deep.equal([
      'first PUT 503',
      'locate HEAD 204',
      'resume PATCH 503',
      'locate HEAD 204',
      'resume PATCH 503',
    ])
    expect(report.resume).to.deep.include({ offset: 0, length: content.length, version: 8 })
  })

  it('does not wait for a Retry-After longer than maxDelay', async () => {
    const origin = await plainHttp.open({
      fault: faults({ after: 0, with: 503 }),
      alter: (fields, status) => ({ ...fields, ...(status === 503 && { 'retry-after': '60' }) }),
    })
    const { response, report } = await sent(origin, { resume: { maxDelay: 30_000 } })
    expect(response.status).to.equal(503)
    expect(attemptTexts(report)).to.deep.equal(['first PUT 503'])
  })

  it('fails after its total timeout, regardless of stalled connections', async () => {
    const origin = await plainHttp.open({
      fault: ({ method }) => (method === 'HEAD' ? null : { after: 0, with: 'stall' }),
    })
    const error = await failed(origin, {
      resume: { minDelay: 0, attempts: 1000 },
      continueTimeout: 1,
      timeouts: { stall: 20, headers: 20, total: 500 },
    })
    expect(error.code).to.equal('ERR_EXPECT_TOTAL_TIMEOUT')
  })

  it('requests no offset after its max-age', async () => {
    const origin = await plainHttp.open({
      limit: 'max-age=0',
      fault: faults({ after: 1000, with: 'reset' }),
    })
    const error = await failed(origin)
    expect(error.code).to.be.oneOf(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'])
    expect(origin.requests.map(({ method }) => method)).to.not.include('HEAD')
  })
})
