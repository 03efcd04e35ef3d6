import type { Handler } from '../server/answer.ts'

/** Answers with the status, reason and content in the query. */
export const status: Handler = ({ query, method }) => ({
  status: Number(query.get('code') ?? '200'),
  statusText: query.get('text') ?? 'OMG',
  headers: [
    ['Content-Type', query.get('type') ?? ''],
    ['X-Request-Method', method],
  ],
  content: query.get('content') ?? '',
})

/** Declares a content coding that its content does not have. */
export const badEncoding: Handler = ({ path }) => {
  const [, coding = ''] = /bad-(\w+)-body/.exec(path) ?? []
  return { headers: [['Content-Encoding', coding]], content: `not ${coding} at all` }
}
