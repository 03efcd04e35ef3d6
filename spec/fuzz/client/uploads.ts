import { request } from 'undici'
import { ExpectAgent, type ExpectAgentOptions } from '../../../lib/client/agent.ts'
import { upload } from '../../../lib/client/upload.ts'
import { RouteMemory } from '../../../lib/routes/memory.ts'
import { type Kind, kinds, noise } from '../../support/contents.ts'
import type { Random } from '../random.ts'
import { connectTo } from './connect.ts'

/** Identifies an upload, also after a redirect. */
export const numberField = 'x-upload'

const user = { username: 'user', password: 'secret' }

/** The result of an upload. */
export type Outcome =
  | { readonly status: number; readonly reported: number | null }
  | { readonly error: unknown }

export class FuzzedUpload {
  readonly content: Buffer
  readonly #number: number
  readonly #kind: Kind
  readonly #method: 'PUT' | 'POST'
  readonly #throughUpload: boolean
  readonly #authenticates: boolean

  constructor(random: Random, number: number) {
    this.#number = number
    this.content = noise(random.pick([0, 1, 200, 5000, 70_000]), number)
    this.#kind = kinds[random.below(kinds.length)] as Kind
    this.#method = random.pick(['PUT', 'PUT', 'POST'])
    this.#throughUpload = random.chance(0.6)
    this.#authenticates = random.chance(0.3)
  }

  /** Makes the upload, and reads the response to its end. */
  async make(dispatcher: ExpectAgent, url: string): Promise<Outcome> {
    const own = { method: this.#method, dispatcher }
    const headers = { ...this.#kind.headers(this.content), [numberField]: String(this.#number) }
    const body = this.#kind.make(this.content)
    try {
      if (this.#throughUpload) {
        const authenticate = this.#authenticates ? { digest: user, proxy: { basic: user } } : null
        const options = { ...own, headers, authenticate }
        const { response, report } = await upload(url, body, options)
        await response.arrayBuffer()
        return { status: response.status, reported: report.attempts.at(-1)?.status ?? null }
      }
      const response = await request(url, { ...own, headers, body: body as Buffer })
      await response.body.arrayBuffer()
      return { status: response.statusCode, reported: null }
    } catch (error) {
      return { error }
    }
  }
}

/** An agent with short timeouts, all of whose connections go to this port. */
export function fuzzedAgent(random: Random, port: number): ExpectAgent {
  const options: ExpectAgentOptions = {
    connections: random.pick([1, 1, 2]),
    pipelining: random.pick([1, 1, 1, 3]),
    expect: random.pick(['always', 'always', 'auto', 'never']),
    threshold: random.pick([0, 1000]),
    continueTimeout: random.pick([0, 2, 10]),
    replayWindow: random.pick([0, 4096]),
    rescueTimeout: 5,
    memory: random.chance(0.5) ? new RouteMemory() : false,
    redirect: random.pick(['manual', 'follow']),
    maxRedirections: 3,
    retry: random.chance(0.3) ? { count: 2, minDelay: 1, maxDelay: 5 } : 0,
    timeouts: { total: 100 },
    connect: connectTo(port),
  }
  return new ExpectAgent(options)
}
