import type { Server } from '../servers.ts'

/** What a server is asked to do with an upload. */
export type Case = 'accept' | 'too large' | 'no credentials' | 'no such place' | 'moved' | '417'

/** Where each happens. What has moved is under `/files` as well. */
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

/** The HTTP versions that a server speaks over TLS. */
export type Versions = 'both' | 'HTTP/1.1' | 'HTTP/2'

/** A server over TLS, in each of the versions that it can be set to. */
export interface TlsServer {
  readonly name: string
  readonly needs: readonly Server[]
  readonly versions: readonly Versions[]
  /** What it can do; all, unless given. */
  readonly cases?: readonly Case[]
  /** What a proxy may answer in place of a refusal, when its origin was not done. */
  readonly instead?: number
  start(versions: Versions): Promise<Running>
}

/** A server that listens on a port of 127.0.0.1. */
export interface Running {
  readonly port: number
  /** The sha256 of each content that was stored under `/files` or `/picky` by this name. */
  stored(name: string): readonly string[]
}
