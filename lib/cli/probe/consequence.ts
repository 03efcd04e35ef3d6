import { type RouteFact, RouteMemory } from '../../index.ts'
import type { Behaviour } from './behaviour.ts'

/** What this client does with an origin that behaves so, as the end of a sentence. */
export function consequenceOf({ answer, status }: Behaviour): string {
  switch (answer) {
    case 'continue':
      return 'asks each time, and sends on the 100'
    case 'silent':
      return `sends after the wait, and asks no more for ${lifeOf('silent')}`
    case 'broken':
      return 'tries once more on a new connection, then fails'
    case 'final':
      return afterFinal(status ?? 0)
  }
}

function afterFinal(status: number): string {
  if (status === 417) return `sends without asking, and asks no more for ${lifeOf('417')}`
  if (status < 300) return 'sends nothing, and takes it for the answer'
  if (status === 401 || status === 407) return 'sends nothing; with credentials it asks again'
  if (status === 303) return 'sends nothing, and follows with a GET'
  if ([301, 302, 307, 308].includes(status)) return 'sends nothing here, and follows the redirect'
  if (status === 413 || status === 429 || status === 503) {
    return `sends nothing, and asks about small content too for ${lifeOf('busy')}`
  }
  return 'sends nothing, and hands the response over'
}

/** For how long a fact is remembered, as a RouteMemory itself has it. */
function lifeOf(fact: RouteFact): string {
  const memory = new RouteMemory()
  memory.remember('route', fact)
  const until = memory.list()[0]?.until[fact] ?? 0
  const minutes = Math.round((until - Date.now()) / 60_000)
  if (minutes === 60) return 'an hour'
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}
