import { writeFileSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import {
  type Progress,
  renderTimeline,
  reportOf,
  type UploadOptions,
  type UploadReport,
} from '../index.ts'
import { bytesText, millisecondsText } from './amount.ts'
import { ask } from './asking.ts'
import { type Exchange, tellExchange } from './exchange.ts'
import { type ContentFlags, type FileUploadOptions, uploadFile } from './file-upload.ts'
import { messageOf } from './message.ts'
import { askedOutcome, type Outcome, outcomeOf, type StatusContext } from './outcome.ts'
import type { Results } from './results.ts'
import type { Row, Screen } from './screen.ts'
import { contentOn, type Session } from './session.ts'
import type { Target } from './target.ts'
import { TokenFile } from './token-file.ts'

interface UploadsOptions extends ContentFlags {
  readonly request: Omit<FileUploadOptions, 'signal'>
  readonly concurrency: number
  readonly dryRun?: boolean | undefined
  readonly skipExisting?: boolean | undefined
  readonly resume?: boolean | undefined
  readonly replayWindow: number
  readonly timeline?: string | undefined
  readonly verbose?: boolean | undefined
  readonly quiet?: boolean | undefined
}

const colours = { accepted: 'green', skipped: 'yellow', refused: 'red' } as const

export class Uploads {
  readonly #session: Session
  readonly #results: Results
  readonly #screen: Screen
  readonly #options: UploadsOptions
  #exchange: Exchange | null = null
  readonly #tally = { accepted: 0, skipped: 0, refused: 0 }
  /** Bytes that went out, also those of attempts that came to nothing. */
  #sentBytes = 0
  /** Whether nothing failed, also after an upload was accepted. */
  #sound = true

  constructor(session: Session, results: Results, screen: Screen, options: UploadsOptions) {
    this.#session = session
    this.#results = results
    this.#screen = screen
    this.#options = options
  }

  /** Makes all uploads; returns whether all were accepted and, if requested, the timeline was written. */
  async make(targets: readonly Target[]): Promise<boolean> {
    const { concurrency, dryRun, quiet, verbose } = this.#options
    const begun = performance.now()
    const { signal } = this.#session
    const endLine = (): void => this.#screen.endLine()
    signal.addEventListener('abort', endLine)
    this.#exchange = verbose ? tellExchange((line) => this.#screen.say(line)) : null
    try {
      await inParallel(targets, verbose ? 1 : concurrency, (target) => this.#make(target))
    } finally {
      signal.removeEventListener('abort', endLine)
      this.#exchange?.stop()
    }
    const { accepted, skipped } = this.#tally
    const all = targets.length
    if (all !== 1 && !quiet) {
      const what = dryRun ? 'files would be sent' : 'uploads accepted'
      const others = skipped > 0 ? `, ${skipped} skipped` : ''
      const took = millisecondsText(performance.now() - begun)
      const sent = this.#sentBytes > 0 ? `, ${bytesText(this.#sentBytes)} sent in ${took}` : ''
      this.#screen.say(`${accepted} of ${all} ${what}${others}${sent}`)
    }
    return accepted + skipped === all && this.#sound
  }

  async #make(target: Target): Promise<void> {
    const { signal } = this.#session
    if (signal.aborted) return
    const row = this.#screen.add(nameOf(target), target.size)
    const kept = this.#tokenFile(target)
    const onProgress = (progress: Progress): void => {
      row.progress = progress
      this.#exchange?.progress(progress)
    }
    const request = { ...this.#options.request, signal, onProgress }
    try {
      if (this.#options.dryRun) await this.#ask(target, row, request)
      else await this.#upload(target, row, request, kept)
    } catch (error) {
      this.#sound = false
      this.#count(reportOf(error))
      row.remove()
      const cancelled = `cancelled, ${bytesText(row.progress.sent)} sent`
      const what = signal.aborted ? cancelled : messageOf(error)
      // Messages about the file itself begin with its name already.
      const message = what.replace(`${target.file}: `, '')
      this.#screen.say(`${row.name}: `, message, 'red', kept?.advice(error))
      const { acknowledged } = row.progress
      const resumable = kept?.exists ? { acknowledged, tokenFile: kept.path } : {}
      await this.#print(() => this.#results.printFailure(target, error, resumable))
    }
  }

  /** The file with the token of an upload; `null` for one that no other run can resume. */
  #tokenFile(target: Target): TokenFile | null {
    const { resume, request } = this.#options
    if (!resume || target.size === null) return null
    return new TokenFile(target, request.method, (error) => {
      const what = `the state of the upload cannot be kept: ${messageOf(error)}`
      this.#screen.say(`${nameOf(target)}: `, what, 'yellow')
    })
  }

  async #upload(
    target: Target,
    row: Row,
    request: FileUploadOptions,
    kept: TokenFile | null,
  ): Promise<void> {
    const stdin = contentOn(this.#session.terminal.stdin)
    const begun = performance.now()
    const own = { ...request, ...this.#resumption(kept) }
    const result = await uploadFile(target, stdin, this.#options, own).catch((error: unknown) => {
      kept?.finish(error)
      throw error
    })
    kept?.finish()
    this.#count(result.report)
    const context = { ...this.#contextOf(target), resumable: kept?.exists ?? false }
    const outcome = outcomeOf(result, performance.now() - begun, context)
    this.#tell(row, outcome)
    const details = context.resumable ? { tokenFile: kept?.path } : {}
    await this.#print(() => this.#results.print(target, result, outcome, details))
    this.#draw(result.report)
  }

  /** Prints a result. On a terminal the progress makes room for it. */
  async #print(print: () => Promise<void>): Promise<void> {
    const { stdout } = this.#session.terminal
    await (stdout.isTTY ? this.#screen.aside(print) : print())
  }

  #resumption(kept: TokenFile | null): Pick<UploadOptions, 'resume' | 'replayWindow'> {
    const { resume, replayWindow, request } = this.#options
    const { retry } = request
    const tries = typeof retry === 'number' && retry > 0 ? { attempts: retry } : {}
    if (kept === null) return resume ? { resume: tries, replayWindow } : {}
    return { resume: { ...tries, ...kept.read(), onToken: (token) => kept.keep(token) } }
  }

  async #ask(target: Target, row: Row, request: FileUploadOptions): Promise<void> {
    const { file, url, size } = target
    const { dispatcher, continueTimeout, signal, ...options } = request
    const wait = typeof continueTimeout === 'number' ? continueTimeout : 1000
    if (size !== null) await access(file, constants.R_OK)
    const answer = await ask({ ...options, url, size, wait }, dispatcher, signal)
    const from = url.origin + url.pathname
    this.#tell(row, askedOutcome(answer, { from, wait }, this.#contextOf(target)))
    const { place: _place, httpVersion: _version, ...asked } = answer
    await this.#print(() => this.#results.printLine(target, { dryRun: true, ...asked }))
  }

  #count(report: UploadReport | undefined): void {
    for (const { sentBytes } of report?.attempts ?? []) this.#sentBytes += sentBytes
  }

  #contextOf({ size }: Target): StatusContext {
    const { request, skipExisting = false } = this.#options
    const hasLength = request.headers.some(([name]) => /^content-length$/i.test(name))
    return { skipExisting, chunked: size === null && !hasLength }
  }

  #tell(row: Row, { kind, parts }: Outcome): void {
    row.remove()
    this.#tally[kind] += 1
    if (kind !== 'refused' && this.#options.quiet) return
    const [first = '', ...rest] = parts
    const details = rest.map((part) => `, ${part}`).join('')
    this.#screen.say(`${row.name}: `, first, colours[kind], details)
  }

  #draw(report: UploadReport): void {
    const { timeline } = this.#options
    if (timeline === undefined) return
    if (timeline === '-') {
      for (const line of renderTimeline(report, 'text').split('\n')) this.#screen.say(line)
      return
    }
    try {
      writeFileSync(timeline, renderTimeline(report, 'svg'))
    } catch (error) {
      this.#sound = false
      this.#screen.say('The timeline could not be written: ', messageOf(error))
    }
  }
}

function nameOf({ file }: Target): string {
  return file === '-' ? 'stdin' : file
}

export async function inParallel<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  // All share one iterator, so that each item is used once.
  const rest = items.values()
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
}
