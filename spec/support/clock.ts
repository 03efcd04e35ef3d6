import { type Clock, install } from '@sinonjs/fake-timers'
import { closeLater } from './closing.ts'

/**
 * A clock that stands until it is told, for timers, dates and `performance.now`, also for
 * those who took hold of `performance` when they were loaded.
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

/** A clock that stands until it is told, for what is done again and again. */
export function intervalClock(): Clock {
  const clock = install({ toFake: ['setInterval', 'clearInterval'] })
  closeLater(() => clock.uninstall())
  return clock
}
