import type { Handler, Lines } from '../server/answer.ts'

/** Records the fields of a range request; no test reads the content. */
export const longWav: Handler = (call) => {
  const { query, stash } = call
  const rangeKey = query.get('range-received-key')
  const encodingKey = query.get('accept-encoding-key')
  const ranged = call.header('range') !== undefined
  if (rangeKey !== undefined && ranged) stash.set(rangeKey, 'range-header-received')
  if (encodingKey !== undefined) stash.set(encodingKey, call.header('accept-encoding') ?? '')
  const headers: Lines = [
    ['Content-Type', 'audio/wav'],
    ['Accept-Ranges', 'bytes'],
    ['Access-Control-Allow-Origin', call.header('origin') ?? '*'],
  ]
  return { status: ranged ? 206 : 200, headers, content: Buffer.alloc(8000) }
}

/** Answers with a part of a text of a hundred zeros. */
export const partialText: Handler = (call) => {
  const { query } = call
  const total = Number(query.get('length') ?? '100')
  const type = ['Content-Type', query.get('type') ?? 'text/plain'] as const
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(call.header('range') ?? '') ?? []
  if (first === undefined) return { headers: [type], content: '0'.repeat(total) }
  const start = Number(first)
  const end = last ? Number(last) : total
  if (end <= start || end > total) return { status: 416, headers: [type] }
  return {
    status: Number(query.get('partial') ?? '206'),
    headers: [type, ['Content-Range', `bytes ${start}-${end}/${total}`]],
    content: '0'.repeat(end - start),
  }
}
