import type { Handler, Lines } from '../server/answer.ts'
import type { Call } from '../server/call.ts'

const tag = '"123abc"'

/** Answers 304 if the request has the tag. */
export const conditional: Handler = (call) => {
  if (call.header('if-none-match') !== tag) {
    const headers: Lines = [
      ['ETag', tag],
      ['Content-Type', 'text/plain'],
    ]
    return { headers, content: 'lorem ipsum dolor sit amet' }
  }
  return { status: 304, statusText: 'Not Modified', headers: [['X-HTTP-STATUS', '304']] }
}

const noted = ['If-None-Match', 'If-Modified-Since', 'Pragma', 'Cache-Control']

/** Records the cache fields of requests, and answers with them for `querystate`. */
export const cache: Handler = (call) => {
  const { query, stash } = call
  const token = query.get('token') ?? ''
  if (query.has('querystate')) {
    const state = stash.get(token) ?? null
    stash.delete(token)
    return { headers: [['Content-Type', 'text/plain']], content: JSON.stringify(state) }
  }
  const before = stash.get(token)
  stash.set(token, [...(Array.isArray(before) ? before : []), notesOf(call)])
  const etag = query.has('tag') ? `"${query.get('tag')}"` : undefined
  const headers = linesOf([
    ['ETag', etag],
    ['Last-Modified', etag === undefined ? query.get('date') : undefined],
    ['Expires', query.get('expires')],
    ['Vary', query.get('vary')],
    ['Cache-Control', query.get('cache_control')],
    ['Access-Control-Allow-Origin', '*'],
    ['Location', query.get('redirect')],
  ])
  if (query.has('redirect')) return { status: 302, statusText: 'Redirect', headers }
  if (isKnown(call, etag)) return { status: 304, statusText: 'Not Modified', headers }
  const content = query.get('content') ?? ''
  return { headers: [...headers, ['Content-Type', 'text/plain']], content }
}

function notesOf(call: Call): Record<string, string> {
  const notes: Record<string, string> = {}
  if (call.query.has('ignore')) return notes
  for (const name of noted) {
    const value = call.header(name)
    if (value !== undefined) notes[name] = value
  }
  return notes
}

function isKnown(call: Call, etag: string | undefined): boolean {
  const match = call.header('if-none-match')
  const since = call.header('if-modified-since')
  if (match !== undefined && match === etag) return true
  return since !== undefined && since === call.query.get('date')
}

function linesOf(lines: readonly (readonly [string, string | undefined])[]): Lines {
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}
