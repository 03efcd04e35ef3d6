import { createReadStream, type Stats, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { type ContentInput, fromFile } from '../index.ts'
import { UsageError } from './command.ts'
import { httpUrl } from './flag.ts'
import { messageOf } from './message.ts'

/** One file, and where it goes. */
export interface Target {
  /** The path, or `-` for standard input. */
  readonly file: string
  readonly url: URL
  /** Whether the file can be read twice, and has a length. */
  readonly regular: boolean
}

/**
 * Says where each file goes. A URL that ends in `/` is a collection: the file's name is put
 * to it.
 *
 * @param operands the files and, last, the URL.
 * @throws UsageError saying which of them cannot be used.
 */
export function targetsOf(operands: readonly string[]): Target[] {
  const files = operands.slice(0, -1)
  const text = operands.at(-1)
  if (text === undefined || files.length === 0) throw new UsageError('put needs a file and a URL')
  const url = httpUrl(text)
  const isCollection = /^[^?#]*\/(?=[?#]|$)/.test(text)
  if (files.length > 1 && !isCollection) {
    throw new UsageError(`several files need a URL that ends in '/', not '${text}'`)
  }
  const targets = files.map((file) => {
    const regular = isRegular(file)
    return { file, url: isCollection ? within(url, file) : url, regular }
  })
  refuseSame(targets)
  return targets
}

/** What is sent to a target. */
export function contentFor(target: Target, stdin: Readable): ContentInput {
  return target.regular ? fromFile(target.file) : streamFor(target, stdin)
}

/** The same, for what can be read but once: standard input, or a named pipe. */
export function streamFor({ file }: Target, stdin: Readable): Readable {
  return file === '-' ? stdin : createReadStream(file)
}

function within(collection: URL, file: string): URL {
  if (file === '-') {
    throw new UsageError(`standard input has no name to put to '${collection.pathname}'`)
  }
  const url = new URL(collection)
  url.pathname += encodeURIComponent(basename(file))
  return url
}

function isRegular(file: string): boolean {
  if (file === '-') return false
  const stats = statsOf(file)
  if (stats.isDirectory()) throw new UsageError(`'${file}' is a directory`)
  return stats.isFile()
}

function statsOf(file: string): Stats {
  try {
    return statSync(file)
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

function refuseSame(targets: readonly Target[]): void {
  const files = new Map<string, string>()
  for (const { file, url } of targets) {
    const before = files.get(url.href)
    if (before !== undefined) {
      throw new UsageError(`'${before}' and '${file}' would go to the same place, ${url.pathname}`)
    }
    files.set(url.href, file)
  }
}
