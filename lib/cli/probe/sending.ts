import { type ExpectAgent, upload } from '../../index.ts'
import { messageOf } from '../message.ts'
import type { Question } from './asking.ts'
import type { SentReport } from './report.ts'

/**
 * Asks once more, and sends the content as any upload does: zeros.
 *
 * @throws the signal's reason.
 */
export async function send(
  { url, method, headers, size, wait, authenticate }: Question,
  dispatcher: ExpectAgent,
  signal: AbortSignal,
): Promise<SentReport> {
  try {
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
    return { status: response.status, report, error: null }
  } catch (error) {
    signal.throwIfAborted()
    return { status: null, report: null, error: messageOf(error) }
  }
}

function* zeros(size: number): Generator<Uint8Array> {
  const piece = new Uint8Array(65_536)
  for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, left)
}
