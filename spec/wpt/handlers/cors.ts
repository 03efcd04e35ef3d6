import type { Lines } from '../server/answer.ts'
import type { Call } from '../server/call.ts'

/** Allows the requesting origin, with credentials, or any origin. */
export function corsLines(call: Call): Lines {
  const origin = call.header('origin')
  if (origin === undefined) return [['Access-Control-Allow-Origin', '*']]
  return [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Credentials', 'true'],
  ]
}
