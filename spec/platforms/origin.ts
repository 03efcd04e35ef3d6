import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type OriginMode,
  type SeenRequest,
  startOrigin,
  type TestOrigin,
} from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { temporaryFolder } from '../support/files.ts'
import { certified } from './certified.ts'

/** What programs upload, and where. */
export interface Exchange {
  readonly origin: TestOrigin
  /**
   * The arguments of programs: the URLs of the origins (http first), the certificate to trust, the file to upload.
   */
  readonly args: readonly [string, string, string, string]
}

/** Bytes of the file. */
const size = 2_097_152

const challenge = { status: 401, headers: { 'www-authenticate': 'Basic realm="uploads"' } }

/** The path of a request selects its response. */
function answerOf({ path, asked, headers }: SeenRequest): OriginMode {
  if (path === '/silent') return 'silent'
  if (path === '/401') return headers.authorization === undefined ? challenge : 'go'
  if (path === '/413') return 413
  if (path === '/417' && asked) return 417
  return 'go'
}

/** Starts an origin with TLS and one without. */
export async function startExchange(): Promise<Exchange> {
  const folder = temporaryFolder()
  const [certificate, file] = [join(folder, 'certificate.pem'), join(folder, 'content')]
  const { key, cert, authority } = await certified()
  writeFileSync(certificate, authority)
  writeFileSync(file, noise(size))
  const origin = await startOrigin({ mode: answerOf })
  const secured = await startOrigin({ mode: answerOf, tls: { key, cert } })
  closeLater(() => origin.close())
  closeLater(() => secured.close())
  return { origin, args: [origin.url, secured.url, certificate, file] }
}

/** The expected output for uploads of these kinds of content to these modes. */
export function linesOf(answers: readonly string[], kinds: readonly string[]): string[] {
  return answers.flatMap((answer) =>
    kinds.map((kind) => `${answer}, ${kind}: ${outcomeLine(answer)}`),
  )
}

/** The expected output for one upload: status, outcome, bytes sent. */
export function outcomeLine(answer: string): string {
  if (answer === '413') return '413 refused 0'
  if (answer === '417') return `201 replayed ${size}`
  return `201 ${answer === 'silent' ? 'silent' : 'continued'} ${size}`
}

/** The modes for programs that do not test all of them. */
export const mainAnswers: readonly string[] = ['go', '413', '417']

/** The expected output of `uploads.mjs`. */
export const uploadsLines: readonly string[] = [
  ...linesOf(
    ['go', 'silent', '413', '417', '401', 'tls'],
    ['bytes', 'a file', 'a stream', 'a generator'],
  ),
  ...mainAnswers.map((answer) => `fetch, ${answer}: ${outcomeLine(answer)}`),
]
