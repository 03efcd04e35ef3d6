import type { CandidateName } from './candidates.ts'
import type { ContentPlan, Job } from './job.ts'

/** Candidates that are measured in turn, doing the same. */
export interface Case {
  readonly name: string
  /** What the origin does: see the origin's connection. */
  readonly play: string
  readonly method?: Job['method']
  readonly content: Omit<ContentPlan, 'path'>
  readonly uploads: number
  /** @default 1 */
  readonly parallel?: number
  /** @default one upload of the same content */
  readonly warmUp?: { readonly uploads: number; readonly size?: number }
  /** @default 201 */
  readonly status?: number
  /** Whether our own candidates remember routes. @default true */
  readonly memory?: boolean
  /** Whether the origin gets all content, exactly once. @default true */
  readonly whole?: boolean
  /** Rounds for each that is asked for. @default 1 */
  readonly rounds?: number
  readonly candidates: readonly CandidateName[]
}

/** Cases that belong together. */
export interface Section {
  readonly name: string
  readonly title: string
  /** What is measured, for the report. */
  readonly text: string
  readonly cases: readonly Case[]
}

export const kibibyte = 1024
export const mebibyte = 1024 * kibibyte
export const gibibyte = 1024 * mebibyte
