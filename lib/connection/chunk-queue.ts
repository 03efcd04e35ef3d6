/** Chunks of content that wait to be written. */
export class ChunkQueue {
  #chunks: Uint8Array[] = []
  bytes = 0

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.bytes += chunk.length
  }

  /** Takes chunks of up to this many bytes. The last one is cut to fit. */
  take(limit: number): Uint8Array[] {
    const chunks = this.#chunks
    if (this.bytes <= limit) {
      this.clear()
      return chunks
    }
    let count = 0
    let room = limit
    while ((chunks[count] as Uint8Array).length <= room) {
      room -= (chunks[count] as Uint8Array).length
      count += 1
    }
    const first = chunks.splice(0, count)
    const next = chunks[0] as Uint8Array
    if (room > 0) {
      first.push(next.subarray(0, room))
      chunks[0] = next.subarray(room)
    }
    this.bytes -= limit
    return first
  }

  clear(): void {
    this.#chunks = []
    this.bytes = 0
  }
}
