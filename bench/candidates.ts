import type { Candidate } from './candidate.ts'
import type { Job } from './job.ts'

type Made = { make(job: Job): Candidate }

const made = {
  upload: (): Promise<Made> => import('./candidates/upload.ts'),
  dispatcher: (): Promise<Made> => import('./candidates/dispatcher.ts'),
  fetch: (): Promise<Made> => import('./candidates/fetch.ts'),
  never: (): Promise<Made> => import('./candidates/never.ts'),
  undici: (): Promise<Made> => import('./candidates/undici.ts'),
  'undici-fetch': (): Promise<Made> => import('./candidates/undici-fetch.ts'),
  http: (): Promise<Made> => import('./candidates/http.ts'),
  raw: (): Promise<Made> => import('./candidates/raw.ts'),
  axios: (): Promise<Made> => import('./candidates/axios.ts'),
  got: (): Promise<Made> => import('./candidates/got.ts'),
  'node-fetch': (): Promise<Made> => import('./candidates/node-fetch.ts'),
  smithy: (): Promise<Made> => import('./candidates/smithy.ts'),
}

/** A candidate that is a function of this process, or the program `curl`. */
export type CandidateName = keyof typeof made | 'curl'

/** What the candidates are called in the report. */
export const titles: Readonly<Record<CandidateName, string>> = {
  upload: 'upload (ours)',
  dispatcher: 'request + ExpectAgent (ours)',
  fetch: 'fetch (ours)',
  never: "request + ExpectAgent, expect 'never' (ours)",
  undici: 'undici request, without',
  'undici-fetch': 'undici fetch, without',
  http: 'node:http by hand',
  raw: 'raw socket',
  axios: 'axios, without',
  got: 'got, without',
  'node-fetch': 'node-fetch, without',
  smithy: 'smithy NodeHttpHandler',
  curl: 'curl -T',
}

/** Loads a candidate, and no other, so that a process holds what it measures alone. */
export async function candidateOf(job: Job): Promise<Candidate> {
  if (job.candidate === 'curl') throw new Error('curl is no function of this process')
  const { make } = await made[job.candidate]()
  return make(job)
}
