import type { Delivery } from './delivery.ts'
import { messageOf } from './message.ts'
import type { Target } from './target.ts'
import { type Terminal, written } from './terminal.ts'

/** What is printed of uploads. */
export interface ResultFlags {
  /** A report, and not the response. */
  readonly json: boolean
  /** The content of a response that refuses, too. */
  readonly failWithBody: boolean
  /** The checksum of what was sent. */
  readonly checksum: boolean
  /** End each response with a new line, so that the next begins one. */
  readonly separate: boolean
}

/** Prints what came of uploads to standard output, one after the other. */
export class Results {
  readonly #stdout: Terminal['stdout']
  readonly #flags: ResultFlags
  #last: Promise<void> = Promise.resolve()

  constructor(stdout: Terminal['stdout'], flags: ResultFlags) {
    this.#stdout = stdout
    this.#flags = flags
  }

  /** Prints what an origin answered, and reads its response to the end in any case. */
  print(target: Target, delivery: Delivery): Promise<void> {
    const printed = this.#last.then(() => this.#print(target, delivery))
    // Whoever is next prints all the same.
    this.#last = printed.catch(() => {})
    return printed
  }

  /** Prints that an upload failed, where reports are printed. */
  async printFailure(target: Target, error: unknown): Promise<void> {
    if (!this.#flags.json) return
    const { code = null, response = null } = Object(error) as ErrorFields
    const failure = { code, message: messageOf(error) }
    const line = { ...placeOf(target), status: response?.status ?? null, error: failure }
    await this.#last
    await written(this.#stdout, `${JSON.stringify(line)}\n`)
  }

  async #print(target: Target, { response, report, sha256 }: Delivery): Promise<void> {
    const { json, failWithBody, checksum } = this.#flags
    const shows = !json && (response.ok || failWithBody)
    await this.#printContent(response, shows)
    if (json) {
      const sum = sha256 === null ? {} : { sha256 }
      const line = { ...placeOf(target), status: response.status, ...sum, ...report }
      await written(this.#stdout, `${JSON.stringify(line)}\n`)
    } else if (checksum && sha256 !== null) {
      await written(this.#stdout, `${sha256}  ${target.file}\n`)
    }
  }

  async #printContent({ body }: Response, shows: boolean): Promise<void> {
    let last: number | undefined
    for await (const chunk of body ?? []) {
      if (!shows) continue
      last = chunk.at(-1) ?? last
      await written(this.#stdout, chunk)
    }
    const separates = this.#flags.separate || this.#stdout.isTTY
    const newline = 10
    if (separates && last !== undefined && last !== newline) await written(this.#stdout, '\n')
  }
}

interface ErrorFields {
  readonly code?: string
  readonly response?: { readonly status: number } | null
}

/** Which upload it was. The URL's query may hold credentials. */
function placeOf({ file, url }: Target): { file: string; url: string } {
  return { file, url: url.origin + url.pathname }
}
