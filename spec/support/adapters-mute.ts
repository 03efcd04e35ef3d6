import { origin } from './origin.ts'

/** An origin that takes one connection and a head, and never answers. */
export interface MuteOrigin {
  /** Its address, without a path. */
  readonly url: string
  /** Resolves when a head has come and the connection was closed by the client. */
  readonly done: Promise<void>
}

/** Starts an origin that never answers. */
export async function muteOrigin(): Promise<MuteOrigin> {
  const peer = await origin(async (wire) => {
    await wire.head()
    await wire.closed()
  })
  return { url: new URL(peer.url).origin, done: peer.done }
}
