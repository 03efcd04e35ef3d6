import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Job, Measurement } from './job.ts'

const run = promisify(execFile)

/**
 * Uploads a file with the program curl, all times over one connection. What counts is curl's
 * own `time_total` of each upload, so that starting the program costs it nothing.
 */
export async function curl({ url, content, uploads, warmUp, status }: Job): Promise<Measurement> {
  const { path = '' } = content
  const put = (to: string): string[] => ['-T', path, url + to]
  const args = [
    ...Array.from({ length: warmUp.uploads }, () => put('/warm-up')),
    ...Array.from({ length: uploads }, () => put('/measured')),
  ].flat()
  const { stdout } = await run('curl', ['-sS', '-w', '%{http_code} %{time_total}\n', ...args])
  const lines = stdout.trim().split('\n').slice(warmUp.uploads)
  if (lines.length !== uploads) throw new Error(`curl made ${lines.length} of ${uploads} uploads`)
  let seconds = 0
  for (const line of lines) {
    const [code, time] = line.split(' ')
    if (Number(code) !== status) throw new Error(`The origin answered ${code}, not ${status}`)
    seconds += Number(time)
  }
  return { seconds, cpuSeconds: null, peakBytes: null }
}
