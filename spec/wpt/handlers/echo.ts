import type { Handler, Lines } from '../server/answer.ts'
import type { Call } from '../server/call.ts'
import { corsLines } from './cors.ts'

/** Answers with the content; over HTTP/2 while it arrives. */
export const echoContent: Handler = async (call) => ({
  headers: [
    ['X-Request-Method', call.method],
    ['X-Request-Content-Length', call.header('content-length') ?? 'NO'],
    ['X-Request-Content-Type', call.header('content-type') ?? 'NO'],
    ['Content-Type', 'text/plain'],
  ],
  content: call.isHttp2 ? call.request : await call.body(),
})

/** Answers with the request fields, unchanged. */
export const echoHeaders: Handler = ({ request: { rawHeaders } }) => {
  const lines = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}\n`] : [],
  )
  return { headers: [['Content-Type', 'text/plain']], content: lines.join('') }
}

/** Answers with the fields that the query names, each as `x-request-…`. */
export const inspectHeaders: Handler = (call) => {
  const names = (call.query.get('headers') ?? '').split('|')
  const found = names.flatMap((name) => {
    const value = name === '' ? undefined : call.header(name)
    return value === undefined ? [] : [[`x-request-${name}`, value] as const]
  })
  const type = ['content-type', 'text/plain'] as const
  if (!call.query.has('cors')) return { headers: [...found, type] }
  const exposed = names.map((name) => `x-request-${name}`).join(', ')
  const cors: Lines = [
    ['Access-Control-Allow-Origin', call.header('origin') ?? '*'],
    ['Access-Control-Allow-Credentials', 'true'],
    ['Access-Control-Allow-Methods', 'GET, POST, HEAD'],
    ['Access-Control-Expose-Headers', exposed],
  ]
  return { headers: [...found, ...cors, type] }
}

/** Answers with the method and the fields of the content. */
export const method: Handler = async (call) => {
  const said = (name: string) => call.header(name) ?? 'NO'
  const cors: Lines = [
    ['Access-Control-Allow-Origin', '*'],
    ['Access-Control-Allow-Credentials', 'true'],
    ['Access-Control-Expose-Headers', 'x-request-method'],
  ]
  const headers: Lines = [
    ...(call.query.has('cors') ? cors : []),
    ['x-request-method', call.method],
    ['x-request-content-type', said('content-type')],
    ['x-request-content-length', said('content-length')],
    ['x-request-content-encoding', said('content-encoding')],
    ['x-request-content-language', said('content-language')],
    ['x-request-content-location', said('content-location')],
  ]
  return { headers, content: await call.body() }
}

/** Answers with a field whose value is in the query. */
export const parseHeaders: Handler = ({ query }) => {
  const value = query.get('my-custom-header')
  return { headers: value === undefined ? [] : [['My-Custom-Header', value]] }
}

/** Answers as for a missing preflight, because fetch in Node sends none. */
export const preflight: Handler = (call) => {
  if (call.query.has('clear-stash')) return { content: takes(call) ? '1' : '0' }
  return {
    headers: [
      ['Content-Type', 'text/plain'],
      ...corsLines(call),
      ['x-did-preflight', '0'],
      ['x-control-request-headers', ''],
      ['x-preflight-referrer', ''],
      ['x-referrer', call.header('referer') ?? ''],
      ['x-origin', call.header('origin') ?? ''],
    ],
  }
}

function takes({ query, stash }: Call): boolean {
  return stash.delete(query.get('token') ?? '')
}
