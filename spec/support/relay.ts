import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { turns } from './turns.ts'

/** The faults of one direction of a connection. */
export interface Direction {
  /** Bytes of each segment, for the first `segments` segments; the rest passes unchanged. */
  readonly segment?: number
  readonly segments?: number
  /** Milliseconds before each read. What arrives in the meantime is joined and delayed. */
  readonly gapMs?: number
  /** The limit of the rate. */
  readonly bytesPerMs?: number
  /** A fault that happens once. */
  readonly cut?: Cut
}

/** A fault that happens when this many bytes have passed. */
export type Cut =
  /** Both sides get a RST. */
  | { readonly kind: 'reset'; readonly after: number }
  /** The rest is read and discarded, including the end. */
  | { readonly kind: 'drop'; readonly after: number }
  /** The rest is not read. */
  | { readonly kind: 'stop'; readonly after: number }
  /** The receiver gets a FIN; the other direction continues. */
  | { readonly kind: 'half-close'; readonly after: number }
  /** Nothing passes for `ms` milliseconds. */
  | { readonly kind: 'stall'; readonly after: number; readonly ms: number }

interface Relayed {
  readonly from: Socket
  readonly to: Socket
  readonly direction: Direction
  readonly reset: () => void
  /** Aborted when the connection is destroyed. */
  readonly over: AbortSignal
}

/** Passes bytes from one side to the other, with the faults. */
export async function relay({ from, to, direction, reset, over }: Relayed): Promise<void> {
  const { segment = Number.POSITIVE_INFINITY, segments = 0, gapMs = 0 } = direction
  const { bytesPerMs = Number.POSITIVE_INFINITY, cut } = direction
  let left = cut?.after ?? Number.POSITIVE_INFINITY
  let split = 0
  let swallowing = false
  const wait = (ms: number): Promise<void> => pause(ms, undefined, { signal: over })

  const pass = async (piece: Buffer): Promise<void> => {
    if (piece.length > 0 && !to.write(piece)) await drained(to, over)
    const ms = Math.floor(piece.length / bytesPerMs)
    if (ms > 0) await wait(ms)
  }

  const passAll = async (bytes: Buffer): Promise<void> => {
    let rest = bytes
    while (split < segments && rest.length > segment) {
      split += 1
      await pass(rest.subarray(0, segment))
      rest = rest.subarray(segment)
      // The receiver sees each piece separately if the event loop turns between two writes.
      await turns()
    }
    await pass(rest)
  }

  /** Applies the cut. The rest of this chunk is lost, except after a stall. */
  const cutNow = async ({ kind, ...at }: Cut): Promise<void> => {
    left = Number.POSITIVE_INFINITY
    if (kind === 'reset') reset()
    else if (kind === 'stall' && 'ms' in at) await wait(at.ms)
    else if (kind === 'stop') await aborted(over)
    else {
      swallowing = true
      if (kind === 'half-close') to.end()
    }
  }

  for await (const chunk of from.iterator({ destroyOnReturn: false })) {
    if (gapMs > 0) await wait(gapMs)
    let bytes = chunk as Buffer
    if (cut !== undefined && bytes.length >= left) {
      await passAll(bytes.subarray(0, left))
      bytes = bytes.subarray(left)
      await cutNow(cut)
    }
    if (over.aborted) return
    left -= bytes.length
    if (!swallowing) await passAll(bytes)
  }
  if (!swallowing) to.end()
}

function drained(socket: Socket, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      over.removeEventListener('abort', done)
      resolve()
    }
    socket.on('drain', done)
    over.addEventListener('abort', done)
    if (over.aborted) done()
  })
}

function aborted(over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (over.aborted) resolve()
    else over.addEventListener('abort', () => resolve(), { once: true })
  })
}
