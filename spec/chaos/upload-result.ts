import { createHash } from 'node:crypto'
import type { ExpectAgent } from '../../lib/client/agent.ts'
import type { UploadReport } from '../../lib/report/report.ts'
import { type Body, bodyOf, type Flaw, type Pool } from './bodies.ts'
import type { Digest } from './frame-tap.ts'
import type { UploadPlan } from './plan.ts'
import { send } from './send.ts'

/** What a caller was told of an upload. */
export interface UploadResult {
  readonly plan: UploadPlan
  /** What must arrive. */
  readonly content: Digest
  readonly flaw: Flaw | null
  readonly status: number | null
  /** The response field that says what the origin answered to. */
  readonly answer: string | null
  readonly report: UploadReport | null
  /** The code or the name of the error, before the response or while it was read. */
  readonly error: string | null
  readonly message: string
  /** Whether it neither resolved nor rejected long after its timeouts. */
  readonly hung: boolean
  /** Whether its source was neither ended nor cancelled. */
  readonly leftOpen: boolean
}

/**
 * Milliseconds after which an upload counts as hung. Its timeouts are below two seconds, but a slow transfer has no
 * limit: 64 KiB per round trip, as over HTTP/2, are some hundred bytes per millisecond.
 */
const patienceFor = ({ size }: UploadPlan): number => 15_000 + size / 200

/** Turns of the event loop in which a source must be ended or cancelled. */
const turns = 1000

/** Makes an upload and records what its caller is told. */
export async function runUpload(
  url: string,
  plan: UploadPlan,
  pool: Pool,
  agent: ExpectAgent,
): Promise<UploadResult> {
  const body = bodyOf(plan, pool)
  const known = { plan, content: digestOf(body.bytes), flaw: body.flaw }
  const abort = new AbortController()
  const { abortAfterMs } = plan
  const aborting =
    abortAfterMs === null ? undefined : setTimeout(() => abort.abort(new Aborted()), abortAfterMs)
  let watch: NodeJS.Timeout | undefined
  const hanging = new Promise<Partial<UploadResult>>((resolve) => {
    watch = setTimeout(() => resolve({ hung: true }), patienceFor(plan))
  })
  const found = await Promise.race([attempt(url, plan, body, agent, abort.signal), hanging])
  clearTimeout(watch)
  clearTimeout(aborting)
  if (found.hung) abort.abort()
  const leftOpen = found.hung !== true && !(await isClosed(body))
  const nothing = { status: null, answer: null, report: null, error: null, message: '' }
  return { ...nothing, hung: false, ...found, ...known, leftOpen }
}

/** A long run cannot keep the bytes of all uploads. */
function digestOf(bytes: Buffer): Digest {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

class Aborted extends Error {
  override readonly name = 'Aborted'
}

async function attempt(
  url: string,
  plan: UploadPlan,
  body: Body,
  agent: ExpectAgent,
  signal: AbortSignal,
): Promise<Partial<UploadResult>> {
  let head: Partial<UploadResult> = {}
  try {
    const answered = await send(url, plan, body, agent, signal)
    const { status, answer, report } = answered
    head = { status, answer, report }
    await (plan.reads ? answered.read() : answered.leave())
    return head
  } catch (error) {
    return { ...head, error: codeOf(error), message: String(error) }
  }
}

/** Uses the cause of fetch's TypeError. */
function codeOf(error: unknown): string {
  const { cause } = error as Error
  const inner = error instanceof TypeError && cause instanceof Error ? cause : (error as Error)
  return String((inner as NodeJS.ErrnoException).code ?? inner.name)
}

async function isClosed(body: Body): Promise<boolean> {
  for (let turn = 0; turn < turns && body.open() > 0; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  return body.open() === 0
}
