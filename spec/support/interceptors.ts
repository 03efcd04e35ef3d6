import { createHash } from 'node:crypto'
import { PassThrough, pipeline, Readable, Transform } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { turns } from './turns.ts'

/** An interceptor that replaces the body of a request. */
export interface Changing {
  readonly interceptor: Dispatcher.DispatcherComposeInterceptor
  /** The sha256 of each new body, in hex. */
  readonly made: readonly string[]
}

/** How an interceptor changes the bytes of a body. */
export interface Change {
  readonly name: string
  /** The new length, where it follows from the old one. */
  lengthOf(length: number): number | null
  open(body: Readable): Readable | Promise<Buffer>
  /** Restores the original bytes. */
  undo(made: Buffer): Promise<Buffer>
}

const same = async (made: Buffer): Promise<Buffer> => made

export const changes: readonly Change[] = [
  {
    name: 'passes a body on in another stream',
    lengthOf: (length) => length,
    open: (body) => piped(body, new PassThrough()),
    undo: same,
  },
  {
    name: 'writes a body in hex',
    lengthOf: (length) => 2 * length,
    open: (body) =>
      piped(
        body,
        new Transform({
          transform: (chunk: Buffer, _encoding, done) => done(null, chunk.toString('hex')),
        }),
      ),
    undo: async (made) => Buffer.from(made.toString('latin1'), 'hex'),
  },
  {
    name: 'compresses a body',
    lengthOf: () => null,
    open: (body) => piped(body, createGzip()),
    undo: async (made) => {
      const chunks: Buffer[] = []
      for await (const chunk of Readable.from([made]).pipe(createGunzip())) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
  },
  {
    name: 'buffers a body before it sends it on',
    lengthOf: (length) => length,
    open: async (body) => {
      const chunks: Buffer[] = []
      for await (const chunk of body) chunks.push(Buffer.from(chunk))
      return Buffer.concat(chunks)
    },
    undo: same,
  },
  {
    name: 'keeps the chunks of a body for a while',
    lengthOf: (length) => length,
    open: (body) => Readable.from(late(body)),
    undo: same,
  },
]

/** Yields each chunk unchanged, two chunks later. */
async function* late(body: Readable): AsyncGenerator<Buffer> {
  const kept: Buffer[] = []
  for await (const chunk of body) {
    kept.push(chunk)
    await turns(3)
    if (kept.length > 2) yield kept.shift() as Buffer
  }
  yield* kept
}

/** Uses pipeline(), so that an error on one stream destroys the other. */
function piped<To extends Transform>(body: Readable, to: To): To {
  pipeline(body, to, () => {})
  return to
}

/** @param tells whether the interceptor sets the Content-Length of the new body. */
export function changing(change: Change, tells: boolean): Changing {
  const made: string[] = []
  const interceptor: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
    const { body } = options
    if (body === null || body === undefined) return dispatch(options, handler)
    const own = { ...options, headers: headersOf(options, change, tells) }
    const opened = change.open(Readable.from(piecesOf(body), { objectMode: false }))
    if (opened instanceof Readable)
      return dispatch({ ...own, body: hashing(opened, made) }, handler)
    opened.then(
      (bytes) => {
        made.push(createHash('sha256').update(bytes).digest('hex'))
        dispatch({ ...own, body: bytes }, handler)
      },
      (error) => handler.onResponseError?.(null as never, error),
    )
    return true
  }
  return { interceptor, made }
}

function piecesOf(body: unknown): Iterable<Buffer> {
  const pieces = body instanceof Blob ? body.stream() : body
  const isWhole = typeof pieces === 'string' || ArrayBuffer.isView(pieces)
  return (isWhole ? [pieces] : pieces) as Iterable<Buffer>
}

/** The header fields with the length of the new body, or without one. */
function headersOf(
  { headers }: Dispatcher.DispatchOptions,
  change: Change,
  tells: boolean,
): string[] {
  const given = Array.isArray(headers) ? pairsOf(headers) : Object.entries(headers ?? {})
  const lengths = given.filter(([name]) => name.toLowerCase() === 'content-length')
  const others = given.filter(([name]) => name.toLowerCase() !== 'content-length')
  const length = lengths[0] === undefined ? null : change.lengthOf(Number(lengths[0][1]))
  if (tells && length !== null) others.push(['content-length', String(length)])
  return others.flatMap(([name, value]) => [name, String(value)])
}

function pairsOf(flat: readonly unknown[]): [string, unknown][] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[String(name), flat[at + 1]]] : []))
}

/** Passes a stream on and records its sha256. */
function hashing(stream: Readable, made: string[]): Readable {
  const hash = createHash('sha256')
  const passing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      done(null, chunk)
    },
    flush: (done) => {
      made.push(hash.digest('hex'))
      done()
    },
  })
  return piped(stream, passing)
}
