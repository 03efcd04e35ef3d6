import { setTimeout as delay } from 'node:timers/promises'
import type { Answer, Handler, Lines } from '../server/answer.ts'
import type { Call } from '../server/call.ts'
import { corsLines } from './cors.ts'

/** Redirects as often as the query says. */
export const redirect: Handler = async (call): Promise<Answer> => {
  const { query, stash } = call
  const token = query.get('token')
  const count = countOf(token === undefined ? 0 : stash.get(token)) + 1
  const policy = query.get('redirect_referrerpolicy')
  const location = query.get('location')
  const headers: Lines = [
    ['Content-Type', 'text/plain'],
    ['Cache-Control', 'no-cache'],
    ...corsLines(call),
    ...(location === undefined ? [] : [['Location', next(call, location, count)] as const]),
    ...(policy === undefined ? [] : [['Referrer-Policy', policy] as const]),
  ]
  if (query.has('delay')) await delay(Number(query.get('delay')))
  const max = Number(query.get('max_count') ?? 'NaN')
  if (token !== undefined) {
    stash.set(token, count)
    // The last request is not redirected.
    if (count > max) return { content: String(count - 1) }
  }
  return { status: Number(query.get('redirect_status') ?? '302'), headers }
}

/** Redirects before all content has arrived. */
export const streamRedirect: Handler = ({ query }) => {
  const location = query.get('location')
  return {
    status: Number(query.get('redirect_status') ?? '302'),
    headers: location === undefined ? [] : [['Location', location]],
  }
}

/** Redirects to the location in the query. */
export const commonRedirect: Handler = (call) => ({
  status: Number(call.query.get('status') ?? '302'),
  headers: [
    ['Location', call.query.get('location') ?? ''],
    ...(call.query.has('enable-cors') ? corsLines(call) : []),
  ],
})

/** Redirects with an empty Location. */
export const emptyRedirect: Handler = () => ({ status: 302, headers: [['Location', '']] })

function countOf(stashed: unknown): number {
  return typeof stashed === 'number' ? stashed : 0
}

/** The location keeps the query and changes each time, unless it is `simple`. */
function next({ query }: Call, location: string, count: number): string {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(location)?.[1]?.toLowerCase() ?? 'http'
  if (query.has('simple') || (scheme !== 'http' && scheme !== 'https')) return location
  const own = new URLSearchParams([...query, ['count', String(count)]])
  return `${location}${location.includes('?') ? '&' : '?'}${own}`
}
