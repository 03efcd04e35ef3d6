import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline, type Readable, Transform } from 'node:stream'
import { pipeline as piped } from 'node:stream/promises'
import { type Content, fromFile } from '../index.ts'

/** Content, and the checksum of what was read of it. */
export interface Checked<Kind> {
  readonly content: Kind
  /** The sha256, in hex, of what was sent last; `null` as long as that is not the whole content. */
  sha256(): string | null
}

/** A file whose content is summed up as it is sent, anew for each attempt. */
export function checkedFile(path: string): Checked<Content> {
  let hash = createHash('sha256')
  let read = 0
  let length: number | null = null
  const checked = ({ lookUp, ...content }: Content): Content => ({
    ...content,
    ...(lookUp && { lookUp: async () => checked(await lookUp()) }),
    open: async () => {
      const reader = await content.open()
      hash = createHash('sha256')
      read = 0
      length = content.length
      return {
        next: async () => {
          const step = await reader.next()
          if (step.value instanceof Uint8Array) {
            hash.update(step.value)
            read += step.value.length
          }
          return step
        },
        release: (bytes) => reader.release?.(bytes),
        cancel: (reason) => reader.cancel(reason),
      }
    },
  })
  return {
    content: checked(fromFile(path)),
    sha256: () => (read === length ? sumOf(hash) : null),
  }
}

/** A stream whose content is summed up as it is sent. */
export function checkedStream(stream: Readable): Checked<Readable> {
  const hash = createHash('sha256')
  const meter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  // A failure of the stream is the meter's, too, and so the upload's.
  pipeline(stream, meter, () => {})
  return { content: meter, sha256: () => (meter.readableEnded ? sumOf(hash) : null) }
}

/** The sha256 of a file, in hex. */
export async function fileChecksum(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await piped(createReadStream(path), hash, { signal })
  return hash.digest('hex')
}

/**
 * The value of a field that holds a sha256: as RFC 9530 wants it in a Content-Digest or
 * Repr-Digest, in hex otherwise.
 */
export function checksumField(name: string, sha256: string): string {
  if (!/^(content|repr)-digest$/i.test(name)) return sha256
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`
}

/** The hash so far; it can go on. */
function sumOf(hash: Hash): string {
  return hash.copy().digest('hex')
}
