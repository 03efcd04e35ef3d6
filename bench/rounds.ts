import type { CandidateName } from './candidates.ts'
import type { Files } from './files.ts'
import type { ContentPlan, Job } from './job.ts'
import { measureInChild } from './process.ts'
import type { Receiver } from './receiver.ts'
import type { CaseResult, Sample } from './result.ts'
import { type Case, mebibyte } from './section.ts'

/** Where measurements are made. */
export interface Grounds {
  readonly receiver: Receiver
  readonly files: Files
}

/** Measures the candidates of a case in turn: A B C, A B C … */
export async function runRounds(
  measured: Case,
  rounds: number,
  grounds: Grounds,
): Promise<CaseResult> {
  const samples: Partial<Record<CandidateName, Sample[]>> = {}
  for (let round = 0; round < rounds * (measured.rounds ?? 1); round++) {
    for (const candidate of measured.candidates) {
      const sample = await take(measured, candidate, grounds)
      samples[candidate] = [...(samples[candidate] ?? []), sample]
    }
  }
  const { name, uploads, parallel = 1, content } = measured
  return { name, uploads, parallel, bytes: uploads * content.size, samples }
}

async function take(
  measured: Case,
  candidate: CandidateName,
  { receiver, files }: Grounds,
): Promise<Sample> {
  const job = jobOf(measured, candidate, `${receiver.url}/${measured.play}`, files)
  const before = await receiver.report()
  const measurement = await measureInChild(job)
  const { tally, cpuSeconds } = await receiver.report()
  const received = tally[`/${measured.play}/measured`]
  const contentBytes = (received?.contentBytes ?? 0) / measured.uploads
  const { whole = true, content } = measured
  if (whole && contentBytes !== content.size) {
    throw new Error(
      `${candidate}, ${measured.name}: ${contentBytes} bytes came per upload, not ${content.size}`,
    )
  }
  return {
    ...measurement,
    contentBytes,
    waits: measured.play === 'silent' ? (received?.waits ?? []) : [],
    originCpuSeconds: cpuSeconds - before.cpuSeconds,
  }
}

function jobOf(measured: Case, candidate: CandidateName, url: string, files: Files): Job {
  const { method = 'PUT', uploads, parallel = 1, status = 201, memory = true } = measured
  const planOf = (size: number): ContentPlan => {
    const plan = { ...measured.content, size }
    return plan.kind === 'file' ? { ...plan, path: files.path(size) } : plan
  }
  // After so many, what is used for each chunk is compiled, undici's WebAssembly included.
  const { warmUp = { uploads: 300, size: mebibyte }, content } = measured
  return {
    candidate,
    url,
    method,
    content: planOf(content.size),
    uploads,
    parallel,
    warmUp: { uploads: warmUp.uploads, content: planOf(warmUp.size ?? content.size) },
    status,
    memory,
  }
}
