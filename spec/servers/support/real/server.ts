import type { Server } from '../servers.ts'

/** What a server does with an upload. */
export type Case = 'accept' | 'too large' | 'no credentials' | 'no such place' | 'moved' | '417'

/** The path of each case. Redirects lead to `/files`. */
export const places: Readonly<Record<Case, string>> = {
  accept: '/files',
  'too large': '/small',
  'no credentials': '/private',
  'no such place': '/missing',
  moved: '/moved',
  '417': '/picky',
}

export const allCases: readonly Case[] = [
  'accept',
  'too large',
  'no credentials',
  'no such place',
  'moved',
]

/** The limit of bytes under `/small`. */
export const smallLimit = 1000

/** Whether an upload has a known length. */
export type Length = 'known' | 'unknown'

/** A server with a configuration. */
export interface RealServer {
  readonly name: string
  /** What must be installed. */
  readonly needs: readonly Server[]
  readonly tls?: boolean
  /** The supported cases; all by default. */
  readonly cases?: readonly Case[]
  /** The supported lengths; both by default. */
  readonly lengths?: readonly Length[]
  /** The status that a proxy may send instead of a refusal that its origin sent before the end of the request. */
  readonly instead?: number
  start(): Promise<Running>
}

/** The HTTP versions that a server speaks over TLS. */
export type Versions = 'both' | 'HTTP/1.1' | 'HTTP/2'

/** A server over TLS, in each version that it can be configured for. */
export interface TlsServer {
  readonly name: string
  readonly needs: readonly Server[]
  readonly versions: readonly Versions[]
  /** The supported cases; all by default. */
  readonly cases?: readonly Case[]
  /** The status that a proxy may send instead of a refusal that its origin sent before the end of the request. */
  readonly instead?: number
  start(versions: Versions): Promise<Running>
}

/** A server that listens on a port of 127.0.0.1. */
export interface Running {
  readonly port: number
  /** The sha256 of each content that was stored under `/files` or `/picky` by this name. */
  stored(name: string): readonly string[]
}
