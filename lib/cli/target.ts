import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { httpUrl } from './flag.ts'
import { UsageError } from './session.ts'
import { isTokenFile } from './token-file.ts'

export interface Target {
  /** The path, or `-` for standard input. */
  readonly file: string
  readonly url: URL
  /** Bytes; `null` for a pipe, which has no size and can be read only once. */
  readonly size: number | null
}

interface TargetOptions {
  readonly recursive: boolean
  /** Called for each entry of a folder that cannot be uploaded. */
  readonly onLeftOut: (message: string) => void
}

/**
 * The URL of each file. A URL that ends in `/` is a collection: the name of the file is appended,
 * for a file in a folder its path in the folder. As in rsync, the name of the folder is put before
 * that, unless it was written with a `/` at its end. Files are opened later, when they are uploaded.
 *
 * @param operands the files and, last, the URL.
 * @throws UsageError naming an operand that cannot be used.
 */
export function targetsOf(operands: readonly string[], options: TargetOptions): Target[] {
  const files = operands.slice(0, -1)
  const text = operands.at(-1)
  if (text === undefined || files.length === 0) throw new UsageError('put needs a file and a URL')
  const url = httpUrl(text)
  const isCollection = /^[^?#]*\/(?=[?#]|$)/.test(text)
  if (files.length > 1 && !isCollection) {
    throw new UsageError(`several files need a URL that ends in '/', not '${text}'`)
  }
  const targets = files.flatMap((file) => {
    const stats = statsOf(file)
    if (!stats?.isDirectory()) {
      const own = isCollection ? within(url, [nameOf(file, url)]) : url
      return { file, url: own, size: sizeOf(file, stats) }
    }
    if (!options.recursive) throw new UsageError(`'${file}' is a folder; upload it with -r`)
    if (!isCollection) throw new UsageError(`a folder needs a URL that ends in '/', not '${text}'`)
    return targetsIn(file, url, options)
  })
  refuseSame(targets)
  return targets
}

function targetsIn(folder: string, url: URL, { onLeftOut }: TargetOptions): Target[] {
  const own = /(^|[/\\])\.{0,2}$/.test(folder) ? [] : [basename(folder)]
  const paths = pathsIn(folder).map((path) => path.replace(/^-$/, './-'))
  return paths.flatMap((path) => {
    // Token files of earlier uploads are not part of the folder, and are secret.
    if (isTokenFile(path)) return []
    const stats = statsOf(path)
    const names = [...own, ...relative(folder, path).split(sep)]
    if (stats?.isFile()) return { file: path, url: within(url, names), size: stats.size }
    // A name that is not UTF-8 leads nowhere. The upload fails, so that the file is not missing unnoticed.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined)
      return { file: path, url: within(url, names), size: 0 }
    // A link to a folder may lead to a parent of itself, and a pipe may never end.
    onLeftOut(`${path}: neither a file nor a folder; left out`)
    return []
  })
}

/** The entries of a folder and its subfolders, without folders. Node would follow links to folders; this does not. */
function pathsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? pathsIn(path) : [path]
  })
}

function nameOf(file: string, collection: URL): string {
  if (file !== '-') return basename(file)
  throw new UsageError(`standard input has no name to put to '${collection.pathname}'`)
}

function within(collection: URL, names: readonly string[]): URL {
  const url = new URL(collection)
  url.pathname += names.map(encodeURIComponent).join('/')
  return url
}

function statsOf(file: string): Stats | null {
  try {
    return file === '-' ? null : statSync(file)
  } catch {
    return null
  }
}

function sizeOf(file: string, stats: Stats | null): number | null {
  if (file === '-' || (stats !== null && !stats.isFile())) return null
  // The upload fails for a missing file.
  return stats?.size ?? 0
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
