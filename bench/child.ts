import { candidateOf } from './candidates.ts'
import { curl } from './curl.ts'
import type { ContentPlan, Job, Measurement } from './job.ts'
import { Resident } from './resident.ts'
import { Source } from './source.ts'

/** Makes so many uploads, so many at a time. */
async function run(count: number, parallel: number, send: () => Promise<number>): Promise<void> {
  let left = count
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const status = await send()
      if (status !== job.status) throw new Error(`The origin answered ${status}, not ${job.status}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, work))
}

async function measure(): Promise<Measurement> {
  const { send } = await candidateOf(job)
  const { method, content, warmUp } = job
  const sender = (path: string, plan: ContentPlan): (() => Promise<number>) => {
    const url = new URL(job.url + path)
    const source = new Source(plan)
    return () => send({ url, method, source })
  }
  const measured = sender('/measured', content)
  await run(warmUp.uploads, job.parallel, sender('/warm-up', warmUp.content))
  const resident = new Resident()
  resident.start()
  const cpu = process.cpuUsage()
  const begun = process.hrtime.bigint()
  await run(job.uploads, job.parallel, measured)
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  return { seconds, cpuSeconds: (user + system) / 1e6, peakBytes: resident.peak }
}

/** One measurement, in a process of its own: it is given a job, and tells what came of it. */
const job: Job = JSON.parse(process.argv[2] ?? '')
const measurement = job.candidate === 'curl' ? await curl(job) : await measure()
process.send?.(measurement)
