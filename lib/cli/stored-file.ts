import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'

type Callback = (error?: Error | null) => void

/** A file that is there when all of its content is, and whose place is untouched until then. */
export function storedFile(path: string): Writable {
  const part = join(dirname(path), `.${randomUUID()}.part`)
  let file: FileHandle | null = null
  const begin = async (): Promise<void> => {
    await mkdir(dirname(path), { recursive: true })
    file = await open(part, 'wx')
  }
  const finish = async (): Promise<void> => {
    await file?.close()
    await rename(part, path)
    file = null
  }
  const discard = async (): Promise<void> => {
    if (file === null) return
    await file.close()
    await rm(part, { force: true })
  }
  return new Writable({
    construct: (done) => settle(begin(), done),
    write: (chunk: Buffer, _encoding, done) => settle(file?.writeFile(chunk), done),
    final: (done) => settle(finish(), done),
    destroy: (error, done) => settle(discard(), () => done(error)),
  })
}

function settle(work: Promise<void> | undefined, done: Callback): void {
  Promise.resolve(work).then(() => done(), done)
}

/**
 * Where in a folder the content of a request to this path is stored; `null` where that would be
 * no name, or a place outside of the folder.
 */
export function fileIn(folder: string, path: string): string | null {
  const base = 'http://localhost'
  if (!URL.canParse(path, base)) return null
  // Dot segments are gone from it (WHATWG URL), but for what is encoded twice.
  const names = new URL(path, base).pathname.split('/').slice(1).map(decoded)
  return names.every(isName) ? join(folder, ...names) : null
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
}
