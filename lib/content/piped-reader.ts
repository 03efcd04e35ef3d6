import { PassThrough } from 'node:stream'
import { readableReader } from './readable-reader.ts'
import type { Reader } from './readers.ts'

/**
 * A stream of the kind that came before Readable: it pushes as soon as it is piped, and can
 * only be piped. Forms of the package form-data are such streams.
 */
export interface PipedStream {
  pipe(to: PassThrough): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener?(event: 'error', listener: (error: Error) => void): unknown
  destroy?(): unknown
}

/** What a form of the package form-data can tell of itself. */
interface PipedForm extends PipedStream {
  getHeaders(): { readonly 'content-type': string }
  hasKnownLength(): boolean
  getLengthSync(): number
}

/** Whether something can be piped from; a Writable has a `pipe` too, but is not readable. */
export function isPiped(input: object): input is PipedStream {
  return 'pipe' in input && 'on' in input && 'readable' in input && input.readable === true
}

/** A media type and a length, as far as a stream can tell. */
export function tellsOf(stream: PipedStream): { type: string | null; length: number | null } {
  if (!isForm(stream)) return { type: null, length: null }
  const length = stream.hasKnownLength() ? stream.getLengthSync() : null
  return { type: stream.getHeaders()['content-type'], length }
}

/** Tells when such a stream breaks that is not read yet. */
export function watchPiped(stream: PipedStream, onBroken: (error: unknown) => void): () => void {
  stream.on('error', onBroken)
  return () => {
    stream.removeListener?.('error', onBroken)
  }
}

/** A stream that can only be piped. */
export function pipedReader(stream: PipedStream): Reader {
  const pipe = new PassThrough()
  const reader = readableReader(pipe)
  stream.on('error', (error) => pipe.destroy(error))
  stream.pipe(pipe)
  return {
    next: () => reader.next(),
    cancel: () => {
      reader.cancel()
      stream.destroy?.()
    },
  }
}

function isForm(stream: PipedStream): stream is PipedForm {
  return ['getHeaders', 'hasKnownLength', 'getLengthSync'].every((name) => name in stream)
}
