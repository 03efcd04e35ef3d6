import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ResumeToken } from '../index.ts'
import type { Target } from './target.ts'

/** Whether a path is that of a token file, or of one that was not written to its end. */
export function isTokenFile(path: string): boolean {
  return /^\..*\.[0-9a-f]{16}\.upload\.json(\.part)?$/.test(basename(path))
}

/**
 * The token of one upload, in a file beside the uploaded file, so that a later run of the command can
 * resume the upload: `.video.h264.8c2f01d59be4a763.upload.json`. The digits are the beginning of the
 * sha256 of the method and the URL, because one file may be uploaded to several URLs.
 */
export class TokenFile {
  readonly path: string
  readonly #onTrouble: (error: unknown) => void
  /** What the library said last of the token of this run. */
  #state: 'none' | 'kept' | 'dropped' = 'none'

  /** @param onTrouble is called when the file cannot be written or removed; the upload goes on. */
  constructor({ file, url }: Target, method: string, onTrouble: (error: unknown) => void) {
    const hash = createHash('sha256').update(`${method} ${url.href}`).digest('hex')
    const name = `.${basename(file)}.${hash.slice(0, 16)}.upload.json`
    this.path = join(dirname(file), name)
    this.#onTrouble = onTrouble
  }

  /** Whether a later run can resume the upload, or has to be told not to. */
  get exists(): boolean {
    return existsSync(this.path)
  }

  /**
   * The token of an earlier run; `null` if there is none.
   *
   * @throws Error naming the file if it holds no token, or belongs to another user.
   */
  read(): ResumeToken | null {
    if (!this.exists) return null
    const text = readFileSync(this.path, 'utf8')
    // In a folder that several users write to, the token of another one could lead to a server of theirs.
    if (statSync(this.path).uid !== (process.getuid?.() ?? 0)) {
      throw new Error(`${this.path} belongs to another user; remove it to upload`)
    }
    try {
      const token: unknown = JSON.parse(text)
      const { location = '' } = token as Partial<ResumeToken>
      if (URL.canParse(location)) return token as ResumeToken
    } catch {
      // The message below is the same for text that is not JSON.
    }
    throw new Error(`${this.path} is not a file that --resume wrote; remove it to upload`)
  }

  /** Writes a token. `null` drops it: the file is removed at the end, by `finish`. */
  keep(token: ResumeToken | null): void {
    this.#state = token === null ? 'dropped' : 'kept'
    if (token === null) return
    const part = `${this.path}.part`
    try {
      rmSync(part, { force: true })
      // Whoever can read the token may be able to change the upload.
      writeFileSync(part, `${JSON.stringify(token)}\n`, { mode: 0o600, flag: 'wx', flush: true })
      renameSync(part, this.path)
    } catch (error) {
      this.#onTrouble(error)
    }
  }

  /**
   * Removes the file of an upload that is over. It stays when the server no longer has the upload:
   * this one may have been completed, so that the user has to decide whether to begin again.
   */
  finish(error?: unknown): void {
    const isGone = codeOf(error) === 'ERR_EXPECT_RESUME_GONE'
    if (this.#state !== 'dropped' || isGone || !this.exists) return
    try {
      rmSync(this.path)
    } catch (trouble) {
      this.#onTrouble(trouble)
    }
  }

  /** What the user can do after a failure, as the end of its message. */
  advice(error: unknown): string {
    if (!this.exists) return ''
    const again = `remove ${this.path} to upload it from the beginning`
    if (codeOf(error) === 'ERR_EXPECT_FILE_CHANGED') return `; ${again}`
    if (this.#state === 'dropped') return `; it may be complete, so look there first, and ${again}`
    return this.#state === 'kept' ? '; the same command resumes it' : ''
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code
}
