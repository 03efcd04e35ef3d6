import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import type { SeenRequest } from './seen.ts'

export type Seen = { -readonly [Name in keyof SeenRequest]: SeenRequest[Name] }

interface ContentOptions {
  readonly keep: boolean
  readonly store: Writable | null
  /** Called when all of it has come. */
  readonly onEnd: () => void
  /** Called once: when all of it has come and was stored, or with the error of storing it. */
  readonly onTaken: (error: Error | null) => void
}

/** Reads the content of a request: counts and hashes it, and keeps or stores it. */
export function readContent(
  message: IncomingMessage,
  seen: Seen,
  { keep, store, onEnd, onTaken }: ContentOptions,
): void {
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  message.on('data', (chunk: Buffer) => {
    seen.bytes += chunk.length
    hash.update(chunk)
    if (keep) chunks.push(chunk)
    if (store !== null && !store.destroyed && !store.write(chunk)) message.pause()
  })
  message.on('end', () => {
    seen.sha256 = hash.digest('hex')
    seen.content = Buffer.concat(chunks)
    onEnd()
    if (store === null) onTaken(null)
    else if (!store.destroyed) store.end()
  })
  // A client that closes the connection must not end the origin.
  message.on('error', () => {})
  if (store === null) return
  store.on('drain', () => message.resume())
  store.on('finish', () => onTaken(null))
  store.on('error', (error) => {
    // Reads and drops the rest.
    message.resume()
    onTaken(error)
  })
  message.on('close', () => {
    if (!message.complete) store.destroy()
  })
}
