import {
  createReadStream,
  mkdtempSync,
  type ReadStream,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeLater } from './closing.ts'
import { turns } from './turns.ts'

/** A folder that is gone after the spec. */
export function temporaryFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  closeLater(() => rmSync(directory, { recursive: true }))
  return directory
}

/** A file with this content, or a path where one can be written; it is gone after the spec. */
export function temporaryFile(content?: Uint8Array): string {
  const path = join(temporaryFolder(), 'file')
  if (content !== undefined) writeFileSync(path, content)
  return path
}

/** A stream of a file. It is destroyed after the spec, also where its file was not opened by then. */
export function temporaryStream(
  content: Uint8Array,
  options?: Parameters<typeof createReadStream>[1],
): ReadStream {
  const stream = createReadStream(temporaryFile(content), options)
  closeLater(() => stream.on('error', () => {}).destroy())
  return stream
}

/** How many handles this process has on a file. */
export function handlesOn(path: string): number {
  return descriptors(path).length
}

/**
 * Gives what is being closed a bounded number of turns, and answers the handles left. One
 * that only the garbage collector closed counts, too.
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
  }
  process.off('warning', count)
  return handlesOn(path) + collected
}

function descriptors(path: string): string[] {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).replace(/ \(deleted\)$/, '') === path
    } catch {
      // The one with which the directory was read is gone by now.
      return false
    }
  })
}
