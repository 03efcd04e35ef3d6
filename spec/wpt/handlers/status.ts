import type { Handler } from '../server/answer.ts'

/** Answers with the status, reason and content that the query names. */
export const status: Handler = ({ query, method }) => ({
  status: Number(query.get('code') ?? '200'),
  statusText: query.get('text') ?? 'OMG',
  headers: [
    ['Content-Type', query.get('type') ?? ''],
    ['X-Request-Method', method],
  ],
  content: query.get('content') ?? '',
})

/** Declares a coding that its content is not in. */
export const badEncoding: Handler = ({ path }) => {
  const [, coding = ''] = /bad-(\w+)-body/.exec(path) ?? []
  return { headers: [['Content-Encoding', coding]], content: `not ${coding} at all` }
}
