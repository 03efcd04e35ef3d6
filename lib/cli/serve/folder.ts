import type { Writable } from 'node:stream'
import type { OriginResponse, SeenRequest } from '../../testing/index.ts'
import { fileIn } from './file-name.ts'
import { StoredFile } from './stored-file.ts'

/** A folder that content is stored in, by the path of its request. */
export class Folder {
  readonly #path: string
  readonly #onError: (error: Error) => void

  /** @param onError is told of content that could not be stored. */
  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path
    this.#onError = onError
  }

  /** The response to a request whose content can have no place here; `null` for all others. */
  refusal(seen: SeenRequest): OriginResponse | null {
    if (!hasContent(seen) || fileIn(this.#path, seen.path) !== null) return null
    return { status: 400, body: 'The path is no name for a file\n' }
  }

  /** What takes the content of a request; `null` where there is none. */
  store(seen: SeenRequest): Writable | null {
    const path = fileIn(this.#path, seen.path)
    if (path === null || !hasContent(seen)) return null
    return new StoredFile(path).on('error', this.#onError)
  }
}

/** RFC 9112, section 6.3. */
function hasContent({ headers }: SeenRequest): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}
