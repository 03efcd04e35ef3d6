export const linkClients = ['ours', 'undici', 'curl --http1.1', 'curl --http2'] as const

export type LinkClient = (typeof linkClients)[number]

/** Uploads of one file by one client. */
export interface LinkJob {
  readonly client: LinkClient
  readonly url: string
  readonly file: string
  readonly uploads: number
  readonly parallel: number
  /** The certificate to trust. */
  readonly ca: string
}

export interface LinkOutcome {
  /** The status of each upload, or the code of its error. */
  readonly statuses: readonly (number | string)[]
  readonly milliseconds: number
}
