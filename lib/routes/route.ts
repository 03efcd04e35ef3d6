import type { RouteFact } from '../protocol/decision.ts'
import type { RouteMemory } from './memory.ts'

const none: readonly never[] = Object.freeze([])

/** What is known of the routes to one origin, over HTTP/1.1 and over HTTP/2. */
export class Routes {
  readonly http1: Route
  readonly http2: Route
  readonly #memory: RouteMemory | false
  readonly #name: string

  constructor(memory: RouteMemory | false, name: string) {
    this.#memory = memory
    this.#name = name
    this.http1 = new Route(memory, name, false)
    this.http2 = new Route(memory, name, true)
  }

  /** Whether the origin refuses HTTP/1.1 over TLS. */
  get http2Only(): boolean {
    return this.#memory !== false && this.#memory.recall(this.#name).includes('http2-only')
  }

  /** Whether the origin speaks HTTP/1.1 over TLS, though it does not say so when that alone is offered. */
  get speaksHttp1(): boolean {
    return this.#memory !== false && this.#memory.recall(this.#name).includes('http1')
  }

  /** The origin, which seemed to refuse HTTP/1.1 over TLS, was offered both. */
  offeredBoth(choseHttp2: boolean): void {
    if (this.#memory) this.#memory.remember(this.#name, choseHttp2 ? 'http2-only' : 'http1')
  }
}

/** What is known of one route, and where what it does is noted, if anything is remembered. */
export class Route {
  readonly #memory: RouteMemory | false
  readonly #name: string
  readonly #isHttp2: boolean

  constructor(memory: RouteMemory | false, name: string, isHttp2: boolean) {
    this.#memory = memory
    this.#name = name
    this.#isHttp2 = isHttp2
  }

  /** What is noted for one version alone. */
  get #key(): string {
    return this.#isHttp2 ? http2Route(this.#name) : this.#name
  }

  /** What it did before. */
  get facts(): readonly RouteFact[] {
    if (!this.#memory) return none
    const ofName = this.#memory.recall(this.#name)
    if (!this.#isHttp2) return ofName
    const busy = ofName.filter((fact) => fact === 'busy')
    return [...this.#memory.recall(this.#key), ...busy]
  }

  /** Milliseconds that its last go-aheads took. */
  get times(): readonly number[] {
    return this.#memory ? this.#memory.times(this.#key) : none
  }

  /** It answered 100, after so many milliseconds, or to a request that did not ask. */
  continued(milliseconds: number | null): void {
    if (!this.#memory) return
    this.#memory.forget(this.#key, '417', 'silent')
    if (milliseconds !== null) this.#memory.measured(this.#key, milliseconds)
  }

  /**
   * It answered nothing within the wait. That it was quicker before, where the wait was cut
   * to, does not make it silent: the times no longer hold, and the next wait is a full one.
   * Over HTTP/2 silence is found out quickly, and a refusal may come all the same: it is asked again.
   */
  unanswered(measured: boolean): void {
    if (!this.#memory) return
    if (measured) this.#memory.forget(this.#key, 'times')
    else if (!this.#isHttp2) this.#memory.remember(this.#key, 'silent')
  }

  /** It answered an upload with a final response. */
  answered(status: number, asked: boolean): void {
    if (!this.#memory) return
    // A size or a load that is too large for it is so over any version.
    if (status < 300) this.#memory.forget(this.#name, 'busy')
    else if (isBusy(status)) this.#memory.remember(this.#name, 'busy')
    else if (status === 417 && asked) this.#memory.remember(this.#key, '417')
  }
}

/** What a route over HTTP/2 is remembered by. */
export function http2Route(name: string): string {
  return `${name} (HTTP/2)`
}

/** Whether the next upload may be refused too, whatever its size. */
function isBusy(status: number): boolean {
  return status === 413 || status === 429 || status === 503
}
