import { channel } from 'node:diagnostics_channel'

/** What every message says: which request, without query or credentials. */
export interface UploadMessage {
  readonly method: string
  readonly url: string
  /** Counted from 1. */
  readonly attempt: number
  /** The status of the response the message is about. */
  readonly status?: number
  /** Why content was let go: the origin's 100, or the end of the wait. */
  readonly by?: 'continue' | 'timeout'
  /** The code of the write's error, before a rescue. */
  readonly code?: string
}

const names = ['ask', 'interim', 'release', 'refuse', 'replay', 'silent', 'rescue'] as const

/** The diagnostics channels, each named `expect-continue:` and one of these. */
export type DiagnosticsName = (typeof names)[number]

const channels = new Map(names.map((name) => [name, channel(`expect-continue:${name}`)]))

/** Whether anyone listens. */
export function isHeard(name: DiagnosticsName): boolean {
  return channels.get(name)?.hasSubscribers ?? false
}

/** Publishes a message. */
export function publish(name: DiagnosticsName, message: UploadMessage): void {
  channels.get(name)?.publish(message)
}
