import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { refuseUnknown } from '../unknown.ts'
import { type Content, makeContent } from './content.ts'
import { FileReading } from './file-reading.ts'

/** Which part of a file, and how it is read. */
export interface FileOptions {
  /** The first byte. @default 0 */
  start?: number
  /** The last byte, inclusive as in `fs.createReadStream`. @default the file's last */
  end?: number
  /** Bytes read at a time. @default 1048576 */
  chunkSize?: number
}

/**
 * A file as content: its length is known, it can be replayed, and it is read in large
 * chunks with the next one in flight.
 *
 * @throws TypeError when an option's value cannot be used or lies outside the file.
 * @throws the file system's own error when the path cannot be looked up.
 */
export function fromFile(path: string | URL, options: FileOptions = {}): Content {
  refuseUnknown(options, ['start', 'end', 'chunkSize'])
  const size = sizeOf(path)
  const { start = 0, end = size - 1, chunkSize = 1_048_576 } = options
  check({ start, end, chunkSize }, size)
  const length = Math.max(0, end + 1 - start)
  return makeContent({
    length,
    type: null,
    replayable: true,
    exact: true,
    open: () => new FileReading(path, { start, length, chunkSize, size }),
  })
}

function sizeOf(path: string | URL): number {
  const stats = statSync(path)
  if (!stats.isFile())
    throw new TypeError(`${path} is not a regular file; pass a stream to send it`)
  if (stats.size === 0) refuseHidden(path)
  return stats.size
}

/** Some files, those below /proc for instance, have content and yet a size of 0. */
function refuseHidden(path: string | URL): void {
  const file = openSync(path, 'r')
  try {
    if (readSync(file, new Uint8Array(1)) === 0) return
    throw new TypeError(`The size of ${path} does not tell its content; pass a stream to send it`)
  } finally {
    closeSync(file)
  }
}

function check(options: Required<FileOptions>, size: number): void {
  for (const [name, value] of Object.entries(options)) {
    const empty = name === 'end' && value === -1 && size === 0
    if (empty || (Number.isSafeInteger(value) && value >= 0)) continue
    throw new TypeError(`Option '${name}' must be a whole number of bytes, not ${String(value)}`)
  }
  const { start, end, chunkSize } = options
  if (chunkSize === 0) throw new TypeError("Option 'chunkSize' must be above 0")
  if (start > size)
    throw new TypeError(`Option 'start' is ${start}, but the file has ${size} bytes`)
  if (end >= size && end >= 0) {
    throw new TypeError(`Option 'end' is ${end}, but the file has ${size} bytes`)
  }
  if (end < start - 1)
    throw new TypeError(`Option 'end' is ${end}, before 'start', which is ${start}`)
}
