/** What the origin received on one path. */
export interface Received {
  requests: number
  contentBytes: number
  /** For each request, milliseconds from its head to the first byte of its content. */
  waits: number[]
}

/** What the origin received, by path. */
export type Tally = Record<string, Received>
