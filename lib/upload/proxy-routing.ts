/** What an agent knows of the ways to origins. */
export interface ProxyRouting {
  /** What the route to an origin is remembered by. */
  keyOf(origin: string): string
  /** The HTTP proxy that requests to http origins are sent to in absolute form; `null` where there is none. */
  readonly forwarder: string | null
  /** Whether requests to an origin are sent to the forwarder. */
  forwards(origin: string): boolean
  /** Whether an HTTP proxy makes a tunnel to an origin. */
  tunnels(origin: string): boolean
}

/** Where nothing is known of a proxy. */
export const direct: ProxyRouting = {
  keyOf: (origin) => origin,
  forwarder: null,
  forwards: () => false,
  tunnels: () => false,
}
