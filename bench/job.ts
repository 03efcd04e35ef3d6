/** The kinds of content. A generator yields chunks of 64 KiB; the others are what users commonly have. */
export type ContentKind =
  | 'buffer'
  | 'generator'
  | 'file'
  | 'string'
  | 'blob'
  | 'form'
  | 'stream'
  | 'web stream'

/** The names of the candidates in the report. */
export const titles = {
  upload: 'upload (ours)',
  dispatcher: 'request + ExpectAgent (ours)',
  fetch: 'fetch (ours)',
  never: "request + ExpectAgent, expect 'never' (ours)",
  undici: 'undici request, without',
  'undici-fetch': 'undici fetch, without',
  http: 'node:http by hand',
  'http-piped': 'node:http, createReadStream piped',
  raw: 'bare socket',
  axios: 'axios, without',
  got: 'got, without',
  'node-fetch': 'node-fetch, without',
  smithy: 'smithy NodeHttpHandler',
  curl: 'curl -T',
} as const

export type CandidateName = keyof typeof titles

/** Uploads of one size, one after another or several at a time. */
export interface Phase {
  /** Bytes. */
  readonly size: number
  readonly uploads: number
  /** The number of concurrent uploads. */
  readonly parallel: number
  readonly isMeasured: boolean
}

/** What one process does: phases one after another, with one client. */
export interface Job {
  readonly candidate: CandidateName
  /** The URL of a phase is its number below this one. */
  readonly url: string
  readonly method: 'PUT' | 'POST'
  readonly kind: ContentKind
  readonly phases: readonly Phase[]
  /** The files of the phases by size, if the content is a file. */
  readonly files: Readonly<Record<number, string>>
  /** The expected status of each upload. */
  readonly status: number
  /** Whether the candidates of this package have a route memory. */
  readonly memory: boolean
}

export interface Measurement {
  /** From the start of the first upload to the end of the last one; `null` where the origin measures it. */
  readonly seconds: number | null
  /** User and system time of the process; `null` where the candidate is a program. */
  readonly cpuSeconds: number | null
  /** How far the resident size rose above its size at the start; `null` where it is unknown. */
  readonly peakBytes: number | null
}
