import type { Content } from '../content/content.ts'
import { keepReport } from '../report/reported.ts'
import { CallDispatcher, type CallOptions, type StandIn } from './call.ts'
import type { RequestBody } from './request-body.ts'

/** What the platform's fetch takes first. */
export type FetchInput = Parameters<typeof globalThis.fetch>[0]

/** What goes where. */
export interface Target {
  readonly input: FetchInput
  /** All of a RequestInit but its body and its dispatcher. */
  readonly init: Omit<RequestInit, 'body' | 'dispatcher'>
}

/** What is the same for all fetches of one call. */
export type CallPlan = Omit<CallOptions, 'standIn' | 'taken'>

// Taken once, so that a process whose own fetch is replaced by this one still has the platform's.
const platformFetch = globalThis.fetch

/**
 * Calls the platform's fetch, which has a stand-in where the content is, and whose one
 * dispatcher puts the content in its place.
 */
export async function callPlatform(
  { input, init }: Target,
  plan: CallPlan,
  content: Content | null,
  taken: RequestBody | null = null,
): Promise<Response> {
  const standIn = content === null ? null : standInFor(input, init, content)
  const call = new CallDispatcher({ ...plan, standIn, taken })
  const signal = init.signal === undefined && input instanceof Request ? input.signal : init.signal
  // What was aborted before it began lets go of its content at once.
  if (signal?.aborted) call.fail(signal.reason)
  try {
    const own = { body: standIn?.body, headers: standIn?.headers ?? init.headers, dispatcher: call }
    const whole = { ...referrerOf(input), ...init, ...own }
    const response = await platformFetch(input, whole as unknown as RequestInit)
    const shown = call.mask.lift(response)
    call.settle()
    keepReport(shown, plan.log)
    return shown
  } catch (error) {
    call.fail(error)
    throw error
  }
}

/** A Request forgets its referrer when an init is put over it, and there is always one here. */
function referrerOf(input: FetchInput): Pick<RequestInit, 'referrer' | 'referrerPolicy'> {
  if (!(input instanceof Request)) return {}
  return { referrer: input.referrer, referrerPolicy: input.referrerPolicy }
}

/**
 * A body of one byte, which the platform's fetch knows how to send again after a redirect;
 * the call's dispatcher puts the content in its place.
 */
function standInFor(input: FetchInput, init: Target['init'], content: Content): StandIn {
  const headers = new Headers(
    init.headers ?? (input instanceof Request ? input.headers : undefined),
  )
  if (content.type !== null && !headers.has('content-type')) {
    headers.set('content-type', content.type)
  }
  const redirect = init.redirect ?? (input instanceof Request ? input.redirect : 'follow')
  const length = headers.get('content-length')
  headers.delete('content-length')
  return { body: new Uint8Array(1), headers, content, length, follows: redirect === 'follow' }
}
