import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'

type Callback = (error?: Error | null) => void

/** A file that replaces an older one only when all of its content was written. */
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
    construct: (done) => callBack(begin(), done),
    write: (chunk: Buffer, _encoding, done) => callBack(file?.writeFile(chunk), done),
    final: (done) => callBack(finish(), done),
    destroy: (error, done) => callBack(discard(), () => done(error)),
  })
}

function callBack(work: Promise<void> | undefined, done: Callback): void {
  Promise.resolve(work).then(() => done(), done)
}

/**
 * The file in a folder for the content of a request to this path; `null` if the path names no file,
 * or one outside of the folder.
 */
export function fileIn(folder: string, path: string): string | null {
  const base = 'http://localhost'
  if (!URL.canParse(path, base)) return null
  // The URL parser removes dot segments (WHATWG URL), but not those that are encoded twice.
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
