import { writeFileSync } from 'node:fs'
import { type Progress, renderTimeline, type UploadOptions, type UploadReport } from '../index.ts'
import { bytesText } from './amount.ts'
import { type ChecksumFlags, type DeliveryOptions, deliver } from './delivery.ts'
import { Exchange } from './exchange.ts'
import { inParallel } from './in-parallel.ts'
import { messageOf } from './message.ts'
import type { Results } from './results.ts'
import { Screen } from './screen.ts'
import type { Session } from './session.ts'
import { summaryOf } from './summary.ts'
import type { Target } from './target.ts'

/** How uploads are made and told of. */
export interface UploadPlan {
  readonly options: UploadOptions & Pick<DeliveryOptions, 'headers'>
  readonly checksum: ChecksumFlags
  /** How many are made at a time. */
  readonly concurrency: number
  /** A file of SVG to draw into, or `-` for text; `undefined` for none. */
  readonly timeline: string | undefined
  /** Tell the exchange. */
  readonly verbose: boolean
  /** Tell of failures alone. */
  readonly quiet: boolean
}

/** Uploads that are made together, and talked of on standard error. */
export class Uploads {
  readonly #session: Session
  readonly #results: Results
  readonly #plan: UploadPlan
  readonly #screen: Screen
  readonly #exchange: Exchange | null
  #accepted = 0
  /** Whether all pictures that were wanted could be written. */
  #drawn = true

  constructor(session: Session, results: Results, plan: UploadPlan) {
    this.#session = session
    this.#results = results
    this.#plan = plan
    this.#screen = new Screen(session.terminal.stderr, !plan.quiet)
    this.#exchange = plan.verbose ? new Exchange((line) => this.#screen.say(line)) : null
  }

  /** Makes them all, and answers whether all were accepted, and drawn where that is wanted. */
  async make(targets: readonly Target[]): Promise<boolean> {
    const { concurrency, quiet } = this.#plan
    const unlisten = this.#exchange?.listen()
    try {
      await inParallel(targets, this.#exchange === null ? concurrency : 1, (target) =>
        this.#make(target),
      )
    } finally {
      unlisten?.()
    }
    const all = targets.length
    if (all > 1 && !quiet) this.#screen.say(`${this.#accepted} of ${all} uploads accepted`)
    return this.#accepted === all && this.#drawn
  }

  async #make(target: Target): Promise<void> {
    const { signal, terminal } = this.#session
    if (signal.aborted) return
    const { options, checksum } = this.#plan
    const begun = performance.now()
    const row = this.#screen.add(nameOf(target))
    let sent = 0
    const onProgress = (progress: Progress): void => {
      sent = progress.sent
      row.show(progress)
      this.#exchange?.progress(progress)
    }
    try {
      const own = { ...options, signal, onProgress }
      const delivery = await deliver(target, terminal.stdin, checksum, own)
      row.remove()
      const { response, report } = delivery
      const summary = summaryOf(response, report, performance.now() - begun)
      if (!response.ok || !this.#plan.quiet) this.#say(target, summary)
      await this.#screen.aside(() => this.#results.print(target, delivery))
      if (response.ok) this.#accepted += 1
      this.#draw(report)
    } catch (error) {
      row.remove()
      const cancelled = `cancelled, ${bytesText(sent)} sent`
      this.#say(target, signal.aborted ? cancelled : messageOf(error))
      await this.#results.printFailure(target, error)
    }
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
      this.#drawn = false
      this.#screen.say(`The timeline could not be written: ${messageOf(error)}`)
    }
  }

  #say(target: Target, what: string): void {
    this.#screen.say(`${nameOf(target)}: ${what}`)
  }
}

function nameOf({ file }: Target): string {
  return file === '-' ? 'stdin' : file
}
