import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Job, Measurement, Phase } from './job.ts'

const run = promisify(execFile)

/**
 * Uploads files with curl, one process for each measured phase. With one upload at a time, they use one connection,
 * and the time is the sum of curl's `time_total`. With several (`--parallel`), it is the time between the first head
 * and the last response at the origin. So the start of the program is not measured.
 */
export async function runCurl(job: Job): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (const [number, phase] of job.phases.entries()) {
    if (phase.isMeasured) measurements.push(await upload(job, phase, `${job.url}/${number}`))
  }
  return measurements
}

async function upload(
  { files, status }: Job,
  { size, uploads, parallel }: Phase,
  url: string,
): Promise<Measurement> {
  const file = files[size] ?? ''
  const puts = Array.from({ length: uploads }, () => ['-T', file, url]).flat()
  const atOnce = parallel > 1 ? ['--parallel', '--parallel-max', String(parallel)] : []
  const options = ['-sS', ...atOnce, '-w', '%{http_code} %{time_total}\n']
  const { stdout } = await run('curl', [...options, ...puts], { maxBuffer: 10_000_000 })
  const lines = stdout.trim().split('\n')
  if (lines.length !== uploads) throw new Error(`curl made ${lines.length} of ${uploads} uploads`)
  const answers = lines.map((line) => line.split(' ').map(Number))
  const other = answers.find(([code]) => code !== status)
  if (other !== undefined) throw new Error(`The origin answered ${other[0]}, not ${status}`)
  const seconds = answers.reduce((sum, [, time = 0]) => sum + time, 0)
  return { seconds: parallel > 1 ? null : seconds, cpuSeconds: null, peakBytes: null }
}
