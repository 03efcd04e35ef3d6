import { PassThrough } from 'node:stream'
import { readableReader } from './readable-reader.ts'
import type { Reader } from './readers.ts'

/**
 * A stream in the style of Node 0.8: it has `pipe()` but no `read()`, and emits data once it is
 * piped. Forms of the package form-data are such streams.
 */
export interface PipedStream {
  pipe(to: PassThrough): unknown
  on(event: string, listener: (error: Error) => void): unknown
  removeListener?(event: string, listener: (error: Error) => void): unknown
  destroy?(): unknown
}

interface PipedForm extends PipedStream {
  getHeaders(): { readonly 'content-type': string }
  hasKnownLength(): boolean
  getLengthSync(): number
}

/** Whether an object can be piped from. A Writable has a `pipe` too, but is not readable. */
export function isPiped(input: object): input is PipedStream {
  return 'pipe' in input && 'on' in input && 'readable' in input && input.readable === true
}

export function typeAndLength(stream: PipedStream): { type: string | null; length: number | null } {
  if (!isForm(stream)) return { type: null, length: null }
  const length = stream.hasKnownLength() ? stream.getLengthSync() : null
  return { type: stream.getHeaders()['content-type'], length }
}

export function watchPiped(stream: PipedStream, onBroken: (error: unknown) => void): () => void {
  stream.on('error', onBroken)
  return () => {
    stream.removeListener?.('error', onBroken)
  }
}

/** Streams that were piped. They would emit nothing to another pipe, not even their end. */
const piped = new WeakSet<object>()

/** Whether a stream was already piped, by an upload or by other code. Only forms show the latter. */
export function wasPiped(stream: PipedStream): boolean {
  return piped.has(stream) || (stream as { _released?: unknown })._released === true
}

/** Watches for data or the end of such a stream; returns a function that stops watching, and returns whether they came. */
export function watchEmission(stream: PipedStream): () => boolean {
  const events = ['data', 'end', 'close']
  let hasEmitted = false
  const emitted = (): void => {
    hasEmitted = true
  }
  for (const event of events) stream.on(event, emitted)
  return () => {
    for (const event of events) stream.removeListener?.(event, emitted)
    return hasEmitted || wasPiped(stream)
  }
}

export function pipedReader(stream: PipedStream): Reader {
  piped.add(stream)
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
