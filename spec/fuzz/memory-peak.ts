/** The highest memory use that was seen, in bytes. */
export class MemoryPeak {
  rss = 0
  arrayBuffers = 0

  /** Takes a sample. */
  look(): void {
    const { rss, arrayBuffers } = process.memoryUsage()
    this.rss = Math.max(this.rss, rss)
    this.arrayBuffers = Math.max(this.arrayBuffers, arrayBuffers)
  }

  /** Which limit was exceeded, or `null`. */
  get excess(): string | null {
    if (this.arrayBuffers > limits.arrayBuffers) return 'The buffers took more than 256 MiB'
    return this.rss > limits.rss ? 'The process took more than 1 GiB' : null
  }
}

const mebi = 1_048_576
const limits = { rss: 1024 * mebi, arrayBuffers: 256 * mebi }

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / mebi)} MiB`
}
