import { writeFileSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { type ExpectAgent, type Progress, renderTimeline, type UploadReport } from '../index.ts'
import { bytesText } from './amount.ts'
import { type Asked, ask } from './asking.ts'
import { type DeliveryOptions, deliver, type Treatment } from './delivery.ts'
import { type Exchange, noteVersions, tellExchange } from './exchange.ts'
import { messageOf } from './message.ts'
import { type Asking, askedOutcome, type Outcome, outcomeOf } from './outcome.ts'
import type { Results } from './results.ts'
import type { Row, Screen } from './screen.ts'
import type { Session } from './session.ts'
import type { Target } from './target.ts'

type OwnRequest = DeliveryOptions & { readonly method: string; readonly dispatcher: ExpectAgent }

/** How uploads are made and told of, by flags of the command. */
export interface UploadPlan extends Treatment {
  readonly request: Omit<OwnRequest, 'signal'>
  /** How many are made at a time. */
  readonly concurrency: number
  /** Ask only, and send nothing. */
  readonly dryRun?: boolean | undefined
  /** Take a 412 to say that the file is there already. */
  readonly skipExisting?: boolean | undefined
  /** A file of SVG to draw into, or `-` for text. */
  readonly timeline?: string | undefined
  /** Tell what goes over the wire. */
  readonly verbose?: boolean | undefined
  /** Print errors only. */
  readonly quiet?: boolean | undefined
}

const colours = { accepted: 'green', skipped: 'yellow', refused: 'red' } as const

/** Uploads that are made together, and told of on standard error. */
export class Uploads {
  readonly #session: Session
  readonly #results: Results
  readonly #screen: Screen
  readonly #plan: UploadPlan
  #exchange: Exchange | null = null
  /** The version of HTTP by the URL of an attempt. */
  readonly #versions = new Map<string, string>()
  readonly #tally = { accepted: 0, skipped: 0, refused: 0 }
  /** Whether nothing failed, after an upload was accepted either. */
  #sound = true

  constructor(session: Session, results: Results, screen: Screen, plan: UploadPlan) {
    this.#session = session
    this.#results = results
    this.#screen = screen
    this.#plan = plan
  }

  /** Makes them all, and answers whether all were accepted, and drawn where that is wanted. */
  async make(targets: readonly Target[]): Promise<boolean> {
    const { concurrency, dryRun, quiet, verbose } = this.#plan
    const stop = noteVersions(this.#versions)
    this.#exchange = verbose ? tellExchange((line) => this.#screen.say(line)) : null
    try {
      await inParallel(targets, verbose ? 1 : concurrency, (target) => this.#make(target))
    } finally {
      stop()
      this.#exchange?.stop()
    }
    const { accepted, skipped } = this.#tally
    const all = targets.length
    if (all !== 1 && !quiet) {
      const what = dryRun ? 'files would be sent' : 'uploads accepted'
      const others = skipped > 0 ? `, ${skipped} skipped` : ''
      this.#screen.say(`${accepted} of ${all} ${what}${others}`)
    }
    return accepted + skipped === all && this.#sound
  }

  async #make(target: Target): Promise<void> {
    const { signal } = this.#session
    if (signal.aborted) return
    const row = this.#screen.add(nameOf(target), target.size)
    const onProgress = (progress: Progress): void => {
      row.progress = progress
      this.#exchange?.progress(progress)
    }
    const request = { ...this.#plan.request, signal, onProgress }
    try {
      if (this.#plan.dryRun) await this.#ask(target, row, request)
      else await this.#upload(target, row, request)
    } catch (error) {
      this.#sound = false
      row.remove()
      const cancelled = `cancelled, ${bytesText(row.progress.sent)} sent`
      const what = signal.aborted ? cancelled : messageOf(error)
      // What is wrong with the file itself begins with its name.
      this.#screen.say(`${row.name}: `, what.replace(`${target.file}: `, ''))
      await this.#results.printFailure(target, error)
    }
  }

  async #upload(target: Target, row: Row, request: OwnRequest): Promise<void> {
    const { stdin, stdout } = this.#session.terminal
    const begun = performance.now()
    const delivery = await deliver(target, stdin, this.#plan, request)
    const outcome = outcomeOf(delivery, performance.now() - begun, this.#asking(target))
    this.#tell(row, outcome)
    const version = this.#versions.get(delivery.report.attempts.at(-1)?.url ?? '') ?? 'HTTP/1.1'
    const print = (): Promise<void> => this.#results.print(target, delivery, outcome, version)
    await (stdout.isTTY ? this.#screen.aside(print) : print())
    this.#draw(delivery.report)
  }

  async #ask(target: Target, row: Row, request: OwnRequest): Promise<void> {
    const { file, url, size } = target
    const { dispatcher, continueTimeout, signal, ...options } = request
    const wait = typeof continueTimeout === 'number' ? continueTimeout : 1000
    if (size !== null) await access(file, constants.R_OK)
    // There is nothing to ask about where there is no content (RFC 9110, section 10.1.1).
    const from = url.origin + url.pathname
    const { place, ...asked }: Asked =
      size === 0
        ? { answer: 'continue', status: null, error: null, ms: null, place: from }
        : await ask({ ...options, url, size, wait }, dispatcher, signal)
    const outcome = askedOutcome({ ...asked, place }, { from, wait }, this.#asking(target))
    this.#tell(row, outcome)
    await this.#results.printLine(target, { dryRun: true, ...asked })
  }

  #asking({ size }: Target): Asking {
    const { request, skipExisting = false } = this.#plan
    const hasLength = request.headers.some(([name]) => /^content-length$/i.test(name))
    return { skipExisting, chunked: size === null && !hasLength }
  }

  #tell(row: Row, { kind, parts }: Outcome): void {
    row.remove()
    this.#tally[kind] += 1
    if (kind !== 'refused' && this.#plan.quiet) return
    const [first = '', ...rest] = parts
    const details = rest.map((part) => `, ${part}`).join('')
    this.#screen.say(`${row.name}: `, first, colours[kind], details)
  }

  #draw(report: UploadReport): void {
    const { timeline } = this.#plan
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

/** Does work for each item, in order, for so many at a time. */
export async function inParallel<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  // They share one iterator, so that each item is taken once.
  const rest = items.values()
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
}
