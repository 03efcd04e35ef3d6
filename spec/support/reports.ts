import type { AttemptReport, UploadReport } from '../../lib/report/report.ts'

const size = 48 * 1024 * 1024

/** An attempt with a 100 that was accepted, in round numbers. */
export function attemptReport(changes: Partial<AttemptReport> = {}): AttemptReport {
  return {
    reason: 'first',
    startedAtMs: 0,
    delayMs: 0,
    method: 'PUT',
    url: 'http://uploads.example/videos/1',
    asked: true,
    headAtMs: 10,
    interim: [{ status: 100, atMs: 40 }],
    contentAtMs: 40,
    contentEndAtMs: 360,
    status: 201,
    statusAtMs: 370,
    sentBytes: size,
    waitedMs: 30,
    waitLimitMs: 1000,
    reusedConnection: false,
    httpVersion: '1.1',
    ...changes,
  }
}

/** Changes for an attempt that was refused before its content. */
export const refused: Partial<AttemptReport> = {
  interim: [],
  contentAtMs: null,
  contentEndAtMs: null,
  status: 413,
  statusAtMs: 40,
  sentBytes: 0,
}

/** A report of one accepted attempt, unless `changes` says otherwise. */
export function uploadReport(changes: Partial<UploadReport> = {}): UploadReport {
  return {
    status: 201,
    ok: true,
    asked: true,
    reason: 'threshold',
    outcome: 'continued',
    waitedMs: 30,
    sentBytes: size,
    savedBytes: 0,
    attempts: [attemptReport()],
    ...changes,
  }
}

/** A report of an upload that was refused before its content. */
export function refusedReport(changes: Partial<AttemptReport> = {}): UploadReport {
  const attempts = [attemptReport({ ...refused, ...changes })]
  const { status } = { ...refused, ...changes }
  return uploadReport({
    status: status ?? null,
    ok: false,
    outcome: 'refused',
    sentBytes: 0,
    savedBytes: size,
    attempts,
  })
}
