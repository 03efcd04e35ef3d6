import { writeFileSync } from 'node:fs'
import type { UploadError, UploadReport } from '../index.ts'
import type { FileResult } from './file-upload.ts'
import { messageOf } from './message.ts'
import type { Outcome } from './outcome.ts'
import { type Output, written } from './session.ts'
import type { Target } from './target.ts'

interface ResultFlags {
  readonly json?: boolean | undefined
  readonly include?: boolean | undefined
  readonly failWithBody?: boolean | undefined
  readonly checksum?: string | undefined
  readonly output?: string | undefined
}

/** Prints the results of uploads to standard output or a file, one after the other. */
export class Results {
  readonly #stdout: Output
  readonly #flags: ResultFlags
  /** Whether each response ends with a line end, so that the next begins on a line of its own. */
  readonly #separate: boolean
  #hasWritten = false
  #last: Promise<void> = Promise.resolve()

  constructor(stdout: Output, flags: ResultFlags, uploads: number) {
    this.#stdout = stdout
    this.#flags = flags
    this.#separate = uploads > 1 || (this.#toStdout && stdout.isTTY === true)
  }

  /** Prints a response, or its report with the details. Reads the response to the end in any case. */
  print(target: Target, result: FileResult, outcome: Outcome, details: object): Promise<void> {
    const printed = this.#last.then(() => this.#print(target, result, outcome, details))
    // An error in one does not keep the next from being printed.
    this.#last = printed.catch(() => {})
    return printed
  }

  /** With `--json`, prints a line for an upload that has no response. */
  async printLine(target: Target, fields: object): Promise<void> {
    if (!this.#flags.json) return
    await this.#last
    await this.#write(`${JSON.stringify({ ...placeOf(target), ...fields })}\n`)
  }

  /** With `--json`, prints a line for an upload that failed, with the details that are known. */
  printFailure(target: Target, error: unknown, details: object): Promise<void> {
    const { code, name, response } = error as Partial<UploadError>
    // The code of the AbortError after Ctrl-C is a number without a meaning here.
    const fault = { code: typeof code === 'string' ? code : name, message: messageOf(error) }
    return this.printLine(target, { status: response?.status ?? null, error: fault, ...details })
  }

  async #print(
    target: Target,
    { response, report, sha256 }: FileResult,
    { kind, fault }: Outcome,
    details: object,
  ): Promise<void> {
    const { json, include, failWithBody, checksum } = this.#flags
    if (include && !json) await this.#write(headOf(response, report))
    await this.#printContent(response, !json && (response.ok || failWithBody === true))
    if (json) {
      // The token is secret.
      const { resume: _token, ...told } = report
      const line = {
        ...placeOf(target),
        ...(kind === 'skipped' && { skipped: true }),
        ...(fault !== null && { error: fault }),
        ...(sha256 !== null && { sha256 }),
        ...told,
        ...details,
      }
      await this.#write(`${JSON.stringify(line)}\n`)
    } else if (checksum !== undefined && sha256 !== null) {
      await this.#write(`${sha256}  ${target.file}\n`)
    }
  }

  async #printContent({ body }: Response, shows: boolean): Promise<void> {
    // A response without content makes an empty file, as in curl.
    if (shows) await this.#write('')
    let last: number | undefined
    for await (const chunk of body ?? []) {
      if (!shows) continue
      last = chunk.at(-1) ?? last
      await this.#write(chunk)
    }
    const newline = 10
    if (this.#separate && last !== undefined && last !== newline) await this.#write('\n')
  }

  get #toStdout(): boolean {
    return this.#flags.output === undefined || this.#flags.output === '-'
  }

  async #write(chunk: string | Uint8Array): Promise<void> {
    if (this.#toStdout) return written(this.#stdout, chunk)
    writeFileSync(this.#flags.output ?? '', chunk, { flag: this.#hasWritten ? 'a' : 'w' })
    this.#hasWritten = true
  }
}

/** The file and URL of an upload, without the query, which may hold credentials. */
function placeOf({ file, url }: Target): { file: string; url: string } {
  return { file, url: url.origin + url.pathname }
}

function headOf({ status, statusText, headers }: Response, { attempts }: UploadReport): string {
  const version = attempts.at(-1)?.httpVersion === '2.0' ? 'HTTP/2' : 'HTTP/1.1'
  const fields = [...headers].map(([name, value]) => `${name}: ${value}\r\n`)
  return `${version} ${status} ${statusText}\r\n${fields.join('')}\r\n`
}
