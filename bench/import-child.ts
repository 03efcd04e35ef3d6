import type { Measurement } from './job.ts'

/** Measures the import of undici, and then of this package without undici, in a process of its own. */
process.send?.(await imported('undici'))
process.send?.(await imported(new URL('../dist/index.js', import.meta.url).href))
process.disconnect?.()

async function imported(name: string): Promise<Measurement> {
  const { rss } = process.memoryUsage()
  const cpu = process.cpuUsage()
  const begun = performance.now()
  await import(name)
  const seconds = (performance.now() - begun) / 1e3
  const { user, system } = process.cpuUsage(cpu)
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.memoryUsage().rss - rss,
  }
}
