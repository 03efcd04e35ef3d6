import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import type { Beat } from './watchdog.ts'

interface Orders {
  readonly beat: Beat
  readonly repeats: readonly string[]
  readonly patience: number
}

const { beat, repeats, patience } = workerData as Orders
let before = -1

setInterval(() => {
  const [now = 0, target = 0, index = 0] = beat
  if (now === before) {
    // The blocked thread would write the streams of this one, so it writes to the descriptor.
    writeSync(2, `A case has kept the thread for ${patience} ms:\n  ${repeats[target]}:${index}\n`)
    process.kill(process.pid)
  }
  before = now
}, patience)
