import type { Server } from '../servers.ts'

/** What a server is asked to do with an upload. */
export type Case = 'accept' | 'too large' | 'no credentials' | 'no such place' | 'moved'

/** Where each happens. What has moved is under `/files` as well. */
export const places: Readonly<Record<Case, string>> = {
  accept: '/files',
  'too large': '/small',
  'no credentials': '/private',
  'no such place': '/missing',
  moved: '/moved',
}

export const allCases = Object.keys(places) as Case[]

/** What may be stored under `/small`. */
export const smallLimit = 1000

/** Whether an upload says how long it is. */
export type Length = 'known' | 'unknown'

/** A server with a configuration. */
export interface RealServer {
  readonly name: string
  /** What has to be installed. */
  readonly needs: readonly Server[]
  readonly tls?: boolean
  /** What it can do; all, unless given. */
  readonly cases?: readonly Case[]
  /** What it can take; both, unless given. */
  readonly lengths?: readonly Length[]
  /** What a proxy may answer in place of a refusal of its origin, which came before it was done. */
  readonly instead?: number
  start(): Promise<Running>
}

/** A server that listens on a port of 127.0.0.1. */
export interface Running {
  readonly port: number
  /** The sha256 of each content that was stored under `/files` by this name. */
  stored(name: string): readonly string[]
}
