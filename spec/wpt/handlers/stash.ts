import type { Handler, Lines } from '../server/answer.ts'

const open: Lines = [['Access-Control-Allow-Origin', '*']]

/** Stores a value for another request. */
export const putStash: Handler = ({ query, stash }) => {
  stash.set(query.get('key') ?? '', query.get('value') ?? '')
  return { headers: open, content: 'done' }
}

/** Returns a stored value once. */
export const takeStash: Handler = ({ query, stash }) => {
  const key = query.get('key') ?? ''
  const value = stash.get(key) ?? null
  stash.delete(key)
  const headers: Lines = [...open, ['Content-Type', 'application/json']]
  return { headers, content: JSON.stringify(value) }
}

/** Answers whether there was a value. */
export const cleanStash: Handler = ({ query, stash }) => ({
  content: stash.delete(query.get('token') ?? '') ? '1' : '0',
})
