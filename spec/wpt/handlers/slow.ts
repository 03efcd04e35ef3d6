import { setTimeout as delay } from 'node:timers/promises'
import type { Handler } from '../server/answer.ts'

/** Answers without an end, and stashes whether the client is still connected. */
export const infinite: Handler = ({ query, stash }) => {
  const stateKey = query.get('stateKey')
  const abortKey = query.get('abortKey')
  if (stateKey !== undefined) stash.set(stateKey, 'open')
  async function* dots(): AsyncGenerator<string> {
    try {
      yield '.'.repeat(2048)
      while (abortKey === undefined || !stash.delete(abortKey)) {
        yield '.'
        await delay(10)
      }
    } finally {
      if (stateKey !== undefined) stash.set(stateKey, 'closed')
    }
  }
  return { headers: [['Content-Type', 'text/plain']], content: dots() }
}

/** Sends a response slowly. */
export const trickle: Handler = async (call) => {
  const ms = Number(call.query.get('ms') ?? '500')
  const count = Number(call.query.get('count') ?? '50')
  await call.body()
  await delay(ms)
  async function* bits(): AsyncGenerator<string> {
    await delay(ms)
    for (let at = 0; at < count; at += 1) {
      yield 'TEST_TRICKLE\n'
      await delay(ms)
    }
  }
  const typed = !call.query.has('notype')
  return { headers: typed ? [['Content-Type', 'text/plain']] : [], content: bits() }
}
