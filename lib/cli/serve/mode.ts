import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { OriginMode, SeenRequest } from '../../testing/index.ts'

/** What the origin is to do with requests. */
export type ServeMode = 'go' | 'silent' | 'reset' | number

/** Reads a mode. */
export function readMode(text: string): ServeMode {
  if (text === 'go' || text === 'silent' || text === 'reset') return text
  if (/^[2-5]\d\d$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be go, silent, reset, or a status from 200 to 599.')
}

/**
 * What the origin does with a request. A redirect is there to be followed and a 401 to be
 * answered: requests for the location, and those with credentials, get a go-ahead.
 */
export function modeFor(mode: ServeMode, location: string, seen: SeenRequest): OriginMode {
  const { path, headers } = seen
  if (mode === 401) {
    const challenge = { 'www-authenticate': 'Basic realm="expect-continue"' }
    return headers.authorization === undefined ? { status: 401, headers: challenge } : 'go'
  }
  if (typeof mode !== 'number' || mode < 300 || mode > 399) return mode
  return path === location ? 'go' : { status: mode, headers: { location } }
}
