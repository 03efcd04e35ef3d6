import { fork } from 'node:child_process'
import type { Job, Measurement } from './job.ts'

const child = new URL('./child.ts', import.meta.url)

/**
 * Measures in a process of its own, which is ended as soon as it has told its numbers.
 *
 * @throws Error with what the process said, when it ended or took too long without telling any.
 */
export function measureInChild(job: Job): Promise<Measurement> {
  const made = fork(child, [JSON.stringify(job)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })
  let told: Measurement | null = null
  let said = ''
  made.stderr?.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  made.on('message', (measurement: Measurement) => {
    told = measurement
    made.kill('SIGKILL')
  })
  return new Promise((resolve, reject) => {
    made.on('error', reject)
    made.on('close', (code, signal) => {
      if (told !== null) resolve(told)
      else reject(new Error(`${job.candidate} ended with ${code ?? signal}: ${said}`))
    })
  })
}
