import { type ExpectAgent, upload } from '../../index.ts'
import type { Question } from './asking.ts'
import type { SentReport } from './report.ts'

/** Asks once more, and sends the content as any upload does: zeros. */
export async function send(
  { url, method, headers, size, wait, authenticate }: Question,
  dispatcher: ExpectAgent,
  signal: AbortSignal,
): Promise<SentReport> {
  const { response, report } = await upload(url, () => zeros(size), {
    method,
    headers: [...headers, ['content-length', String(size)]],
    signal,
    expect: 'always',
    continueTimeout: wait,
    memory: false,
    dispatcher,
    ...(authenticate !== undefined && { authenticate }),
  })
  await response.body?.cancel()
  return { status: response.status, report }
}

function* zeros(size: number): Generator<Uint8Array> {
  const piece = new Uint8Array(65_536)
  for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, left)
}
