/** The proxies of an agent. */
export interface ProxyRouting {
  /** The key under which the route to an origin is remembered. */
  keyOf(origin: string): string
  /** The HTTP proxy for requests to http origins, in absolute form; `null` when there is none. */
  readonly forwarder: string | null
  /** Whether requests to an origin go to the forwarder. */
  forwards(origin: string): boolean
  /** Whether an HTTP proxy makes a tunnel to an origin. */
  tunnels(origin: string): boolean
}

/** The routing without a proxy. */
export const direct: ProxyRouting = {
  keyOf: (origin) => origin,
  forwarder: null,
  forwards: () => false,
  tunnels: () => false,
}
