import {
  createReadStream,
  mkdtempSync,
  type ReadStream,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeLater } from './closing.ts'
import { turns } from './turns.ts'

/** A folder that is removed after the spec. */
export function temporaryFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  closeLater(() => rmSync(directory, { recursive: true }))
  return directory
}

/** A file with this content, or a path for a new file. It is removed after the spec. */
export function temporaryFile(content?: Uint8Array): string {
  const path = join(temporaryFolder(), 'file')
  if (content !== undefined) writeFileSync(path, content)
  return path
}

/** A stream of a file. It is destroyed after the spec, even if its file is not open by then. */
export function temporaryStream(
  content: Uint8Array,
  options?: Parameters<typeof createReadStream>[1],
): ReadStream {
  const stream = createReadStream(temporaryFile(content), options)
  closeLater(() => stream.on('error', () => {}).destroy())
  return stream
}

/** How many descriptors of this process refer to a file. */
export function handlesOn(path: string): number {
  return descriptors(path).length
}

/**
 * Waits a bounded number of turns for descriptors to close, and returns how many are left. A descriptor that only the
 * garbage collector closed is counted too.
 */
export async function handlesLeftOn(path: string): Promise<number> {
  const collections = descriptors(path).map((each) => `Closing file descriptor ${each} on garbage`)
  let collected = 0
  const count = ({ message }: Error): void => {
    if (collections.some((collection) => message.startsWith(collection))) collected++
  }
  process.on('warning', count)
  for (let turn = 0; turn < 1000 && handlesOn(path) > 0; turn++) {
    await turns()
    // A descriptor is closed by a thread, which may be slower than any number of turns.
    await stat('/proc/self')
  }
  process.off('warning', count)
  return handlesOn(path) + collected
}

function descriptors(path: string): string[] {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).replace(/ \(deleted\)$/, '') === path
    } catch {
      // The descriptor that was used to read the directory is closed by now.
      return false
    }
  })
}
