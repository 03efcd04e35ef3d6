import type { Stats } from 'node:fs'
import { fs } from '../runtime/builtins.ts'
import { refuseUnknown } from '../unknown.ts'
import { type Content, makeContent, stored } from './content.ts'
import { changed, FileReader } from './file-reader.ts'

/** The part of a file to send, and the size of the chunks. */
export interface FileOptions {
  /** The first byte. @default 0 */
  start?: number | undefined
  /** The last byte, inclusive as in `fs.createReadStream`. @default the file's last */
  end?: number | undefined
  /** Bytes read at a time. @default 1048576, or 524288 for a file of less than 4 MiB */
  chunkSize?: number | undefined
}

/** The size in bytes from which a file is read in chunks of 1 MiB. */
const large = 4_194_304

/**
 * A file as content. Its size is looked up before the request is sent; when that fails, the upload
 * rejects. The file is opened when the content may be sent, and again for a replay.
 *
 * @throws TypeError when an option is unknown or invalid. An option outside the file rejects the
 * upload with a TypeError.
 */
export function fromFile(path: string | URL, options: FileOptions = {}): Content {
  refuseUnknown(options, ['start', 'end', 'chunkSize'])
  for (const [name, value] of Object.entries(options)) check(name, value)
  if (options.chunkSize === 0) throw new TypeError("Option 'chunkSize' must be above 0")
  return makeContent({
    ...stored,
    length: null,
    // Content may be opened without the lookup, when the caller's dispatcher has no interceptor of this package.
    open: async () => (await lookUp(path, options)).open(),
    lookUp: () => lookUp(path, options),
  })
}

function check(name: string, value: unknown): void {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0)) return
  throw new TypeError(`Option '${name}' must be a whole number of bytes, not ${String(value)}`)
}

async function lookUp(path: string | URL, options: FileOptions): Promise<Content> {
  const { size, mtimeMs } = await statsOf(path)
  const { start = 0, end = size - 1 } = options
  const { chunkSize = size < large ? 524_288 : 1_048_576 } = options
  checkExtent(start, end, size)
  const length = Math.max(0, end + 1 - start)
  return {
    ...stored,
    length,
    seeks: true,
    revision: `${size}-${mtimeMs}`,
    open: (from = 0) => {
      const extent = { start: start + from, length: length - from, chunkSize, size }
      if (from === 0) return new FileReader(path, extent)
      // The rest of the file must belong to the state whose beginning was sent.
      return fs.promises.stat(path).then((stats) => {
        if (stats.mtimeMs === mtimeMs) return new FileReader(path, extent)
        throw changed(path, size, stats.size)
      })
    },
  }
}

async function statsOf(path: string | URL): Promise<Stats> {
  const stats = await fs.promises.stat(path)
  if (!stats.isFile())
    throw new TypeError(`${path} is not a regular file; pass a stream to send it`)
  if (stats.size === 0) await refuseHidden(path)
  return stats
}

/** Refuses files with content but a size of 0, as in /proc. */
async function refuseHidden(path: string | URL): Promise<void> {
  const file = await fs.promises.open(path)
  try {
    const { bytesRead } = await file.read(new Uint8Array(1))
    if (bytesRead === 0) return
    throw new TypeError(
      `The size of ${path} is 0, which does not tell its real length; pass a stream to send it`,
    )
  } finally {
    await file.close()
  }
}

function checkExtent(start: number, end: number, size: number): void {
  if (start > size) {
    throw new TypeError(`Option 'start' is ${start}, but the file has ${size} bytes`)
  }
  if (end >= size && end >= 0) {
    throw new TypeError(`Option 'end' is ${end}, but the file has ${size} bytes`)
  }
  if (end < start - 1) {
    throw new TypeError(`Option 'end' is ${end}, before 'start', which is ${start}`)
  }
}
