import { type Clock, install } from '@sinonjs/fake-timers'
import { closeLater } from './closing.ts'

/**
 * A clock that stands still until the spec advances it, for timers, dates and `performance.now`. It also works for
 * modules that kept a reference to `performance` when they were loaded.
 */
export function standingClock(): Clock {
  const held = performance
  const clock = install({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  const value = (): number => performance.now()
  Object.defineProperty(held, 'now', { value, configurable: true })
  closeLater(() => {
    Reflect.deleteProperty(held, 'now')
    clock.uninstall()
  })
  return clock
}

/** A clock for setInterval that stands still until the spec advances it. */
export function intervalClock(): Clock {
  const clock = install({ toFake: ['setInterval', 'clearInterval'] })
  closeLater(() => clock.uninstall())
  return clock
}
