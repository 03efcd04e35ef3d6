import { ExpectAgent } from '../../lib/client/agent.ts'
import { RouteMemory as Memory, type RouteMemory } from '../../lib/routes/memory.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { Random } from '../support/random.ts'
import type { Pool } from './bodies.ts'
import { faultsFor } from './faults.ts'
import type { SessionPlan } from './plan.ts'
import { type Addresses, routeOf } from './transports.ts'
import { runUpload, type UploadResult } from './upload-result.ts'

export interface SessionSetup {
  readonly seed: number
  readonly addresses: Addresses
  readonly pool: Pool
}

export interface SessionResult {
  readonly results: readonly UploadResult[]
  /** Whether the agent and its connections could be closed at the end. */
  readonly closed: boolean
}

/** Milliseconds for closing what is idle. */
const patience = 10_000

/** Makes the uploads of a session through its own agent and proxy. */
export async function runSession(plan: SessionPlan, setup: SessionSetup): Promise<SessionResult> {
  const { seed, addresses, pool } = setup
  const { clean } = plan
  const route = routeOf(plan.transport, addresses)
  const proxy = await startFaultProxy(route.port, (connection) =>
    faultsFor(new Random(seed, plan.number, -1, connection), clean, route.secure),
  )
  const port = Number(new URL(proxy.url).port)
  const memory: RouteMemory = new Memory()
  const agent = new ExpectAgent({ memory, ...plan.agent, ...route.optionsAt(port) })
  const results: UploadResult[] = []
  const waiting = [...plan.uploads]
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(await runUpload(`${route.urlAt(port)}/${next.name}`, next, pool, agent))
    }
  }
  await Promise.all(Array.from({ length: plan.lanes }, lane))
  const closed = plan.closes ? await inTime(agent.close()) : true
  await agent.destroy()
  // Without faults, everything that was sent must arrive.
  const arrived = clean ? await inTime(proxy.idle()) : true
  await proxy.close()
  return { results: results, closed: closed && arrived }
}

async function inTime(closing: Promise<unknown>): Promise<boolean> {
  let watch: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    watch = setTimeout(() => resolve(false), patience)
  })
  const closed = await Promise.race([closing.then(() => true), late])
  clearTimeout(watch)
  return closed
}
