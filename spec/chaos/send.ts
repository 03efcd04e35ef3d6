import { request } from 'undici'
import type { ExpectAgent } from '../../lib/client/agent.ts'
import { createFetch } from '../../lib/client/bound.ts'
import { upload } from '../../lib/client/upload.ts'
import type { UploadReport } from '../../lib/report/report.ts'
import { reportOf } from '../../lib/report/reported.ts'
import type { Body } from './bodies.ts'
import type { UploadPlan } from './plan.ts'
import { answerField, fields } from './plays.ts'

/** A response head, whose content can be read or cancelled. */
export interface Answered {
  readonly status: number
  /** The response field that says what the origin answered to. */
  readonly answer: string | null
  /** `null` for a plain dispatch, which has no report. */
  readonly report: UploadReport | null
  read(): Promise<unknown>
  leave(): Promise<unknown>
}

/** Makes an upload as planned. */
export async function send(
  url: string,
  plan: UploadPlan,
  body: Body,
  dispatcher: ExpectAgent,
  signal: AbortSignal,
): Promise<Answered> {
  const { method, way, options } = plan
  const headers: Record<string, string> = {
    [fields.id]: plan.name,
    [fields.plays]: plan.plays.join(' '),
  }
  if (plan.keyed) headers['idempotency-key'] = plan.name
  if (body.contentLength !== null) headers['content-length'] = String(body.contentLength)
  const init = { method, headers, signal, ...options }
  if (way === 'upload') {
    const { response, report } = await upload(url, body.input, { ...init, dispatcher })
    return answered(response, report)
  }
  if (way === 'fetch') {
    const { retry, ...rest } = init
    const fetch = createFetch({ dispatcher, ...(retry !== undefined && { retry }) })
    const response = await fetch(url, { ...rest, body: body.input })
    return answered(response, reportOf(response) ?? null)
  }
  // undici's types lack some bodies and options that the dispatcher accepts.
  const own = { ...init, body: body.input as Buffer, dispatcher }
  const { statusCode: status, headers: got, body: content } = await request(url, own)
  return {
    status,
    answer: got[answerField] === undefined ? null : String(got[answerField]),
    report: null,
    read: () => content.text(),
    leave: async () => {
      content.on('error', () => {}).destroy()
    },
  }
}

function answered(response: Response, report: UploadReport | null): Answered {
  return {
    status: response.status,
    answer: response.headers.get(answerField),
    report,
    read: () => response.text(),
    leave: async () => response.body?.cancel(),
  }
}
