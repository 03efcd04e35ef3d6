import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'

/** Lets go of the content of responses that nobody holds any more, and nobody has read from. */
const registry = new FinalizationRegistry((held: WeakRef<ReadableStream>) => {
  const stream = held.deref()
  // Works for web streams too, which its type does not say.
  if (stream === undefined || Readable.isDisturbed(stream as unknown as Readable)) return
  if (!stream.locked) stream.cancel().catch(() => {})
})

/** Frees the connection of a response, if the response is given up unread. */
export function freeUnread(response: Response, content: ReadableStream): void {
  registry.register(response, new WeakRef(content))
}
