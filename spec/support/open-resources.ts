import { readdirSync, readlinkSync } from 'node:fs'
import { turns } from './turns.ts'

interface OpenResources {
  /** What keeps the event loop alive, by kind. */
  readonly resources: ReadonlyMap<string, number>
  /** Open descriptors, by kind. */
  readonly descriptors: ReadonlyMap<string, number>
  /** Listeners on `process`, by event. */
  readonly listeners: ReadonlyMap<string, number>
}

/** Milliseconds in which closed resources must be gone. */
const patience = 5000

export function openResources(): OpenResources {
  return {
    resources: countsOf(process.getActiveResourcesInfo()),
    descriptors: countsOf(readdirSync('/proc/self/fd').map(kindOf)),
    listeners: new Map(
      process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
    ),
  }
}

/** What this process has open beyond what it had open before. Waits for it to be closed. */
export async function leakedSince(before: OpenResources): Promise<string[]> {
  const until = performance.now() + patience
  for (;;) {
    const left = more(before, openResources())
    if (left.length === 0 || performance.now() > until) return left
    await new Promise((resolve) => setTimeout(resolve, 50).unref())
    await turns()
  }
}

function more(before: OpenResources, now: OpenResources): string[] {
  return (['resources', 'descriptors', 'listeners'] as const).flatMap((name) =>
    [...now[name]].flatMap(([kind, count]) => {
      const had = before[name].get(kind) ?? 0
      return count > had ? [`${name}: ${kind} ${count}, ${had} before`] : []
    }),
  )
}

/** How often each value occurs. */
export function countsOf(kinds: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

function kindOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).replace(/\d+/g, 'N')
  } catch {
    // The descriptor that was used to read the directory is closed by now.
    return 'gone'
  }
}
