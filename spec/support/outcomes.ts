import type { ExpectOptions } from '../../lib/options/options.ts'
import type { OriginAnswer, OriginMode } from '../../lib/testing/index.ts'

export type Becomes =
  | 'sent after the redirect'
  | 'GET after the redirect'
  | 'sent with credentials'
  | 'replayed'
  | 'sent again'
  | 'sent'
  | 'returned'
  | `fails: ${string}`

/** What the origin does, and what happens to the upload for each stage and kind of content. */
export interface OutcomeRow {
  /** A status, or what happens instead of one. */
  readonly event: string
  /** The option that is required; without it, the default is to return the response. */
  readonly option: string | null
  readonly options: ExpectOptions
  /** What the origin does before the content. */
  readonly early: OriginMode
  /** What it does after the content. */
  readonly late: OriginAnswer
  readonly untouched: { readonly replayable: Becomes; readonly oneShot: Becomes }
  readonly flowing: { readonly replayable: Becomes; readonly oneShot: Becomes }
}

/** The target of redirects. */
export const movedPath = '/moved'
const credentials = { username: 'user', password: 'secret' }

function redirect(
  status: number,
  as: 'sent after the redirect' | 'GET after the redirect',
): OutcomeRow {
  const response = { status, headers: { location: movedPath } }
  const gone = as === 'GET after the redirect' ? as : 'returned'
  return {
    event: String(status),
    option: null,
    options: {},
    early: response,
    late: response,
    untouched: { replayable: as, oneShot: as },
    flowing: { replayable: as, oneShot: gone },
  }
}

function challenge(status: number, field: string, authenticate: ExpectOptions): OutcomeRow {
  const response = { status, headers: { [field]: 'Basic realm="uploads"' } }
  return {
    event: String(status),
    option: 'authenticate',
    options: authenticate,
    early: response,
    late: response,
    untouched: { replayable: 'sent with credentials', oneShot: 'sent with credentials' },
    flowing: { replayable: 'sent with credentials', oneShot: 'returned' },
  }
}

function passing(status: number): OutcomeRow {
  return {
    event: String(status),
    option: 'retry',
    options: { retry: { count: 1, minDelay: 0 } },
    early: status,
    late: { status },
    untouched: { replayable: 'sent again', oneShot: 'sent again' },
    flowing: { replayable: 'sent again', oneShot: 'returned' },
  }
}

const rows: readonly OutcomeRow[] = [
  redirect(301, 'sent after the redirect'),
  redirect(302, 'sent after the redirect'),
  redirect(303, 'GET after the redirect'),
  redirect(307, 'sent after the redirect'),
  redirect(308, 'sent after the redirect'),
  challenge(401, 'www-authenticate', { authenticate: { basic: credentials } }),
  challenge(407, 'proxy-authenticate', { authenticate: { proxy: { basic: credentials } } }),
  passing(408),
  {
    event: '413',
    option: null,
    options: {},
    early: 413,
    late: { status: 413 },
    untouched: { replayable: 'returned', oneShot: 'returned' },
    flowing: { replayable: 'returned', oneShot: 'returned' },
  },
  {
    event: '417',
    option: null,
    options: {},
    early: 417,
    late: { status: 417 },
    untouched: { replayable: 'replayed', oneShot: 'replayed' },
    flowing: { replayable: 'replayed', oneShot: 'returned' },
  },
  passing(425),
  passing(429),
  passing(500),
  passing(502),
  passing(503),
  passing(504),
  {
    event: 'reset',
    option: null,
    options: {},
    early: 'reset',
    late: 'reset',
    untouched: { replayable: 'sent again', oneShot: 'sent again' },
    flowing: {
      replayable: 'fails: the error of the socket',
      oneShot: 'fails: the error of the socket',
    },
  },
  {
    event: 'reset',
    option: 'retry',
    options: { retry: { count: 1, minDelay: 0 } },
    early: 'reset',
    late: 'reset',
    untouched: { replayable: 'sent again', oneShot: 'sent again' },
    flowing: { replayable: 'sent again', oneShot: 'fails: the error of the socket' },
  },
  {
    event: 'silence',
    option: null,
    options: { continueTimeout: 10, timeouts: { headers: 300 } },
    early: 'silent',
    late: 'nothing',
    untouched: { replayable: 'sent', oneShot: 'sent' },
    flowing: {
      replayable: 'fails: ERR_EXPECT_HEADERS_TIMEOUT',
      oneShot: 'fails: ERR_EXPECT_HEADERS_TIMEOUT',
    },
  },
]

export const outcomes: readonly OutcomeRow[] = rows

/** The table, as in docs/reference/outcomes.md. */
export function outcomesTable(): string {
  const lines = rows.map(({ event, option, untouched, flowing }) => {
    const name = option === null ? event : `${event}, with \`${option}\``
    const cells = [untouched.replayable, untouched.oneShot, flowing.replayable, flowing.oneShot]
    return `| ${[name, ...cells.map(codes)].join(' | ')} |`
  })
  return [
    '| the server | untouched, replayable | untouched, one-shot | flowing, replayable | flowing, one-shot |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}

function codes(cell: string): string {
  return cell.replace(/ERR_\w+/, (code) => `\`${code}\``)
}
