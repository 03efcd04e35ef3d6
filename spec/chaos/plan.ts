import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import type { ExpectOptions } from '../../lib/options/options.ts'
import { Random } from '../support/random.ts'
import { type BodyKind, bodyKinds, type Flaw } from './bodies.ts'
import { type Play, plays } from './plays.ts'
import { type Transport, transports } from './transports.ts'

/** The public API that makes an upload. */
export type Way = 'upload' | 'fetch' | 'request'

/** An upload to make. */
export interface UploadPlan {
  /** The session and the number of the upload in it, with a dot between them. */
  readonly name: string
  readonly transport: Transport
  readonly way: Way
  readonly method: 'PUT' | 'POST'
  /** Whether it has an `Idempotency-Key`. */
  readonly keyed: boolean
  readonly kind: BodyKind
  /** The position of its bytes in the shared pool. */
  readonly offset: number
  readonly size: number
  /** Whether it declares its length, if the content has none. */
  readonly declared: boolean
  readonly flaw: Flaw | null
  readonly options: Omit<ExpectOptions, 'memory' | 'authenticate'>
  readonly abortAfterMs: number | null
  /** Whether the response is read to its end, or cancelled. */
  readonly reads: boolean
  /** What the origin does at each attempt. */
  readonly plays: readonly Play[]
}

/** Uploads through one agent and one proxy. */
export interface SessionPlan {
  readonly number: number
  readonly transport: Transport
  readonly agent: ExpectAgentOptions
  /** The number of concurrent uploads. */
  readonly lanes: number
  /** Whether the proxy damages nothing. */
  readonly clean: boolean
  /** Whether the agent is closed at the end, or destroyed. */
  readonly closes: boolean
  readonly uploads: readonly UploadPlan[]
}

/** Bytes of the pool from which all contents are cut. */
export const poolSize = 33_554_432

/** The highest number of uploads in a session. */
const maxUploads = 8

/** Plans the session of this number, with `max` uploads at most. */
export function planSession(seed: number, number: number, max: number): SessionPlan {
  const random = new Random(seed, number)
  const count = Math.min(max, random.between(1, maxUploads))
  const connections = random.pick([undefined, 1, 2, 8])
  const transport = random.weighed(transports)
  return {
    number,
    transport,
    agent: {
      ...(connections !== undefined && { connections }),
      ...(random.chance(0.1) && { pipelining: 3 }),
      keepAliveTimeout: random.pick([4000, 20]),
      connectTimeout: 1000,
      headersTimeout: 1000,
      bodyTimeout: 1000,
      ...(random.chance(0.3) && { memory: false }),
    },
    lanes: random.between(1, 3),
    clean: random.chance(0.4),
    closes: random.chance(0.7),
    uploads: Array.from({ length: count }, (_, index) =>
      planUpload(new Random(seed, number, index + 1), `${number}.${index}`, transport),
    ),
  }
}

function planUpload(random: Random, name: string, transport: Transport): UploadPlan {
  const chosenPlays = Array.from({ length: random.between(1, 3) }, () =>
    random.weighed<Play>(plays),
  )
  const size = sizeOf(random, chosenPlays)
  return {
    name,
    transport,
    way: random.weighed({ upload: 4, fetch: 3, request: 3 }),
    method: random.weighed({ PUT: 3, POST: 1 }),
    keyed: random.chance(0.2),
    kind: random.pick(bodyKinds),
    offset: random.between(0, poolSize - size),
    size,
    declared: random.chance(0.5),
    flaw: random.chance(0.06) ? random.pick(['throws', 'short', 'long']) : null,
    options: planOptions(random),
    abortAfterMs: random.chance(0.06) ? random.scale(200) : null,
    reads: random.chance(0.85),
    plays: chosenPlays,
  }
}

function sizeOf(random: Random, chosenPlays: readonly Play[]): number {
  // Content must exceed the buffers on the way before a sender has to wait for an origin that does not read.
  const leavesUnread = chosenPlays.some((play) => play.endsWith('unread'))
  if (leavesUnread && random.chance(0.1)) return random.between(4_000_000, 16_000_000)
  const kind = random.weighed({ none: 4, small: 60, medium: 35, large: 0.4 })
  if (kind === 'none') return 0
  if (kind === 'small') return random.scale(65_536)
  if (kind === 'medium') return random.between(1, 1_500_000)
  return random.between(20_000_000, 25_000_000)
}

function planOptions(random: Random): UploadPlan['options'] {
  return {
    expect: random.weighed({ auto: 5, always: 4, never: 1 }),
    threshold: random.pick([0, 1000, 65_536, 1_048_576]),
    continueTimeout: random.pick([0, 20, 40, 100, 200]),
    replayWindow: random.pick([0, 0, 100_000, 2_000_000]),
    rescueTimeout: random.pick([0, 50, 200]),
    retry: random.chance(0.4) ? { count: random.between(1, 3), minDelay: 1, maxDelay: 20 } : 0,
    redirect: random.pick(['follow', 'follow', 'manual']),
    timeouts: {
      stall: random.between(200, 400),
      headers: random.between(200, 400),
      body: random.between(200, 400),
      ...(random.chance(0.2) && { total: random.between(100, 1500) }),
    },
  }
}
