import type { RouteFact } from '../protocol/decision.ts'
import type { RouteMemory } from './memory.ts'
import { none } from './route-state.ts'

/** The route to one origin over one version of HTTP, in the memory, if there is one. */
export class Route {
  readonly #memory: RouteMemory | false
  readonly #name: string
  readonly #isHttp2: boolean

  constructor(memory: RouteMemory | false, name: string, isHttp2: boolean) {
    this.#memory = memory
    this.#name = name
    this.#isHttp2 = isHttp2
  }

  /** The key of entries that apply to one HTTP version only. */
  get #key(): string {
    return this.#isHttp2 ? `${this.#name} (HTTP/2)` : this.#name
  }

  get facts(): readonly RouteFact[] {
    if (!this.#memory) return none
    const ofName = this.#memory.recall(this.#name)
    if (!this.#isHttp2) return ofName
    const busy = ofName.filter((fact) => fact === 'busy')
    return [...this.#memory.recall(this.#key), ...busy]
  }

  /** Milliseconds that the last 100s took. */
  get times(): readonly number[] {
    return this.#memory ? this.#memory.times(this.#key) : none
  }

  /** Notes that the origin, which seemed to refuse HTTP/1.1 over TLS, chose this version when it was offered both. */
  chosen(): void {
    if (this.#memory) this.#memory.remember(this.#name, this.#isHttp2 ? 'http2-only' : 'http1')
  }

  /** Notes a 100. `milliseconds` is `null` when the request did not carry the expectation. */
  continued(milliseconds: number | null): void {
    if (!this.#memory) return
    this.#memory.forget(this.#key, '417', 'silent')
    if (milliseconds !== null) this.#memory.measured(this.#key, milliseconds)
  }

  /**
   * Notes that no response was received within the wait. A wait that was shortened to the measured
   * times does not prove silence, so only the times are removed, and the next wait has its full
   * length. Over HTTP/2 the wait is short and the origin may still refuse, so the next request
   * carries the expectation again.
   */
  unanswered(measured: boolean): void {
    if (!this.#memory) return
    if (measured) this.#memory.forget(this.#key, 'times')
    else if (!this.#isHttp2) this.#memory.remember(this.#key, 'silent')
  }

  answered(status: number, asked: boolean): void {
    if (!this.#memory) return
    // The next upload may be refused as well, whatever its size, and over every HTTP version.
    const isBusy = status === 413 || status === 429 || status === 503
    if (status < 300) this.#memory.forget(this.#name, 'busy')
    else if (isBusy) this.#memory.remember(this.#name, 'busy')
    else if (status === 417 && asked) this.#memory.remember(this.#key, '417')
  }
}
