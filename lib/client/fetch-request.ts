import type { Dispatcher } from 'undici'
import type { FetchInput } from './platform-fetch.ts'
import { originField, refererField } from './referrer.ts'
import {
  type AddedField,
  acceptedCodings,
  endToEnd,
  type FieldPairs,
  fieldList,
  hasField,
  isSignal,
  type OutgoingRequest,
  targetOf,
} from './request.ts'
import { readRequest } from './request-input.ts'

export interface FetchArguments {
  /** The platform's Request, with an empty body. */
  readonly request: Request
  readonly signal: AbortSignal | null
  readonly source: Request | null
  readonly given: RequestInit['headers']
}

/**
 * Has the platform validate and normalise the arguments of a fetch with content.
 *
 * @param source is the Request that was passed to fetch, if there is one.
 * @throws TypeError for arguments that the platform's fetch refuses.
 */
export function fetchArguments(
  resource: FetchInput,
  source: Request | null,
  init: RequestInit,
): FetchArguments {
  const [input, read] = source === null ? [resource, {}] : readRequest(source)
  const signal = init.signal === undefined ? (source?.signal ?? null) : init.signal
  // A Request never removes its listener from the signal.
  const followed = isSignal(signal) ? null : signal
  const body = new Uint8Array(0)
  const request = new Request(input, { ...read, ...init, signal: followed, body })
  return { request, signal, source, given: init.headers }
}

/** The request as it is dispatched, with the fields that the platform's fetch adds. */
export function outgoingRequest(
  { request, signal, source, given }: FetchArguments,
  type: string | null,
): OutgoingRequest {
  const url = new URL(request.url)
  // Host comes from the URL.
  const fields = endToEnd(request.headers).filter(([name]) => name !== 'host')
  const headers = fieldList(fields, given, [
    ['connection', closes(request.headers) ? 'close' : null],
    ['content-type', type],
    ['accept', '*/*'],
    ['accept-language', '*'],
    ['sec-fetch-mode', request.mode],
    ['referer', refererField(request)],
    ['origin', originField(request)],
    ['user-agent', 'node'],
    ...cacheFields(request.cache, fields),
    ['accept-encoding', acceptedCodings(fields, url.protocol)],
  ])
  return {
    ...targetOf(url),
    method: request.method as Dispatcher.HttpMethod,
    headers,
    signal,
    source,
  }
}

function closes(headers: Headers): boolean {
  return /(?:^|[\s,])close(?:[\s,]|$)/i.test(headers.get('connection') ?? '')
}

const conditions = [
  'if-modified-since',
  'if-none-match',
  'if-unmodified-since',
  'if-match',
  'if-range',
]

/** Fields for caches on the way (Fetch standard, HTTP-network-or-cache fetch). */
function cacheFields(cache: Request['cache'], fields: FieldPairs): AddedField[] {
  if (cache === 'no-cache') return [['cache-control', 'max-age=0']]
  const conditional = cache === 'default' && conditions.some((name) => hasField(fields, name))
  if (!conditional && cache !== 'no-store' && cache !== 'reload') return []
  return [
    ['pragma', 'no-cache'],
    ['cache-control', 'no-cache'],
  ]
}

/** Ports of other protocols, to which fetch sends nothing (Fetch standard, section 2.9). */
const blocked: readonly number[] = [
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
]

export function hasBlockedPort({ port }: URL): boolean {
  return port !== '' && blocked.includes(Number(port))
}
