import type { Faults } from '../support/fault-proxy.ts'
import type { Random } from '../support/random.ts'
import type { Cut, Direction } from '../support/relay.ts'

/** Approximate bytes of a TLS handshake. */
const handshake = { up: 1000, down: 1700 }

/** The faults of a connection. On a clean one, only the segmentation and the delays differ. */
export function faultsFor(random: Random, clean: boolean, secure: boolean): Faults {
  const up = shape(random, clean)
  const down = shape(random, clean)
  if (clean || random.chance(0.5)) return { up, down }
  const behind = secure && random.chance(0.8) ? handshake : { up: 0, down: 0 }
  if (random.chance(0.5)) return { up: { ...up, cut: cutAt(random, behind.up, 2_000_000) }, down }
  return { up, down: { ...down, cut: cutAt(random, behind.down, 500) } }
}

function shape(random: Random, clean: boolean): Direction {
  return {
    ...(random.chance(0.4) && {
      segment: random.pick([1, 7, 100, 1400]),
      segments: random.pick([20, 200]),
    }),
    ...(random.chance(0.2) && { gapMs: random.between(1, 20) }),
    ...(!clean && random.chance(0.1) && { bytesPerMs: random.pick([2000, 20_000]) }),
  }
}

function cutAt(random: Random, least: number, max: number): Cut {
  const after = least + random.scale(max)
  const kind = random.weighed({ reset: 5, drop: 2, stop: 2, 'half-close': 3, stall: 3 })
  return kind === 'stall' ? { kind, after, ms: random.between(20, 500) } : { kind, after }
}
