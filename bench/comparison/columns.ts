import type { Client } from './client.ts'
import { size, type Trial, trial } from './trial.ts'

interface Column {
  readonly title: string
  answer(client: Client, asks: boolean): Promise<string>
}

const times = 10

/** In the order of the table. */
export const columns: readonly Column[] = [
  {
    title: 'waits for the 100',
    async answer(client, asks) {
      const one = await trial(client, 'go', asks)
      const [first] = one.seen
      if (first === undefined) return failed(one)
      if (!first.asked) return 'sends no expectation'
      return first.early === 0 ? `yes${lost(one)}` : `no, sends at once${lost(one)}`
    },
  },
  {
    title: 'silence',
    async answer(client, asks) {
      const one = await trial(client, 'silent', asks)
      const waited = one.seen[0]?.waitedMs ?? null
      if (waited === null) return one.hung ? 'waits indefinitely' : failed(one)
      if (waited < 50) return `sends at once${lost(one)}`
      return `sends after ${(waited / 1000).toFixed(1)} s${lost(one)}`
    },
  },
  {
    title: '417',
    async answer(client, asks) {
      const one = await trial(client, '417', asks)
      if (one.seen.every(({ asked }) => !asked)) return '–'
      return again(one, 'replayed')
    },
  },
  {
    title: '307',
    answer: async (client, asks) => again(await trial(client, '307', asks), 'followed'),
  },
  {
    title: '413, then a close',
    async answer(client, asks) {
      const trials: Trial[] = []
      for (let count = 0; count < times; count++) trials.push(await trial(client, '413', asks))
      const got = trials.filter(({ status }) => status === 413).length
      const errors = new Set(trials.map(({ error, hung }) => (hung ? 'hangs' : error)))
      errors.delete(null)
      const maxBytes = Math.max(...trials.flatMap(({ seen }) => seen.map((each) => each.wire)))
      const sent = maxBytes < 1000 ? 'nothing sent' : `${(maxBytes / 1024).toFixed(0)} KiB taken`
      return [`${got} of ${times}`, ...errors, sent].join(', ')
    },
  },
]

function again(one: Trial, what: string): string {
  if (one.hung) return 'hangs'
  if (one.error !== null) return `fails: ${one.error}`
  if (one.seen.length === 1) return `${one.status} returned`
  return one.complete ? `${what}, whole` : `${what}, content lost (status ${one.status})`
}

function failed({ error, hung }: Trial): string {
  return hung ? 'hangs' : `fails: ${error}`
}

function lost(one: Trial): string {
  if (one.hung) return ', then hangs'
  if (one.error !== null) return `, then fails: ${one.error}`
  return one.complete ? '' : `, and not all ${size} bytes arrived`
}
