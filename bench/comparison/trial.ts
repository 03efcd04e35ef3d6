import { createHash, randomFillSync } from 'node:crypto'
import { Readable } from 'node:stream'
import { deflateRawSync } from 'node:zlib'
import type { Client } from './client.ts'
import { startOriginThread } from './origin-thread.ts'
import type { Behaviour, Watched } from './watched-origin.ts'

/** The result of one upload. */
export interface Trial {
  /** The status that the caller got; `null` for an error, or without a response in ten seconds. */
  readonly status: number | null
  /** The code or the name of the error; `null` when there was none. */
  readonly error: string | null
  readonly hung: boolean
  readonly seen: readonly Watched[]
  /** Whether the last request had the whole content. */
  readonly complete: boolean
}

const chunk = randomFillSync(Buffer.alloc(65_536))
const chunks = 512
const patience = 10_000

/** The bytes of each upload. */
export const size: number = chunk.length * chunks

/** A source that keeps the process busy for each chunk, as a compressor does. */
function* content(): Generator<Buffer> {
  for (let count = 0; count < chunks; count++) {
    deflateRawSync(chunk)
    yield chunk
  }
}

const sha256 = createHash('sha256').update(Buffer.alloc(size, chunk)).digest('hex')

/** Uploads one-shot content once. */
export async function trial(client: Client, behaviour: Behaviour, asks: boolean): Promise<Trial> {
  const origin = await startOriginThread(behaviour)
  const stream = Readable.from(content())
  stream.on('error', () => {})
  let hung = false
  const patient = setTimeout(() => {
    hung = true
    origin.finish().catch(() => {})
  }, patience)
  let status: number | null = null
  let error: string | null = null
  try {
    status = await client.send(origin.url, stream, asks)
  } catch (failure) {
    error = nameOf(failure)
  }
  clearTimeout(patient)
  const seen = await origin.finish()
  const complete = seen.at(-1)?.sha256 === sha256
  return { status, error: hung ? null : error, hung, seen, complete }
}

/** The code or the name of the error, or of its innermost cause where the error has no code. */
function nameOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure)
  const { cause, name, message } = failure
  const code = 'code' in failure ? String(failure.code) : null
  if (code === null && cause instanceof Error && cause.message !== '') return nameOf(cause)
  return code ?? (message === '' ? name : message)
}
