/** What is uploaded. A generator yields chunks of 64 KiB; the others are what users have at hand. */
export type ContentKind =
  | 'buffer'
  | 'generator'
  | 'file'
  | 'string'
  | 'blob'
  | 'form'
  | 'stream'
  | 'web stream'

/** What the candidates are called in the report. */
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

/** A client that is measured. */
export type CandidateName = keyof typeof titles

/** Uploads of one size, one after another or several at a time. */
export interface Phase {
  /** Bytes. */
  readonly size: number
  readonly uploads: number
  /** Uploads under way at a time. */
  readonly parallel: number
  readonly isMeasured: boolean
}

/** What one process does: phases one after another, with one client. */
export interface Job {
  readonly candidate: CandidateName
  /** Each phase has a path of its own below it: its number. */
  readonly url: string
  readonly method: 'PUT' | 'POST'
  readonly kind: ContentKind
  readonly phases: readonly Phase[]
  /** The files of the phases, by size, where the content is one. */
  readonly files: Readonly<Record<number, string>>
  /** The status that every upload must come to. */
  readonly status: number
  /** Whether our own candidates remember routes. */
  readonly memory: boolean
}

/** What came of a phase. */
export interface Measurement {
  /** From the first upload's begin to the last one's end; `null` where the origin is to tell. */
  readonly seconds: number | null
  /** User and system time of the process meanwhile; `null` where the candidate is a program. */
  readonly cpuSeconds: number | null
  /** The highest resident size meanwhile, above the one before; `null` where it is unknown. */
  readonly peakBytes: number | null
}
