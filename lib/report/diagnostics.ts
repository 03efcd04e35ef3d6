import { channel } from 'node:diagnostics_channel'

/** A message of a diagnostics channel. The URL has no query and no credentials. */
export interface UploadMessage {
  readonly method: string
  readonly url: string
  /** The number of the attempt, from 1. */
  readonly attempt: number
  /** The status of the response. */
  readonly status?: number
  /** Why the content was released: a 100, or the end of the wait. */
  readonly by?: 'continue' | 'timeout'
  /** The error code of the failed write, on the `rescue` channel. */
  readonly code?: string
}

const names = ['ask', 'interim', 'release', 'refuse', 'replay', 'silent', 'rescue'] as const

/** The names of the diagnostics channels, without their prefix `expect-continue:`. */
export type DiagnosticsName = (typeof names)[number]

const channels = new Map(names.map((name) => [name, channel(`expect-continue:${name}`)]))

export function isHeard(name: DiagnosticsName): boolean {
  return channels.get(name)?.hasSubscribers ?? false
}

export function publish(name: DiagnosticsName, message: UploadMessage): void {
  channels.get(name)?.publish(message)
}
