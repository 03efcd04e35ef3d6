import { join } from 'node:path'

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
