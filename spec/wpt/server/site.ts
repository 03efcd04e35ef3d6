/** The host names of the tests, as in the suite's own server. */
export const host = 'web-platform.test'

const otherHost = 'not-web-platform.test'
const labels = ['', 'www.', 'www1.', 'www2.']

/** All names that a test may use; each resolves to 127.0.0.1. */
export const hostNames: readonly string[] = [host, otherHost].flatMap((name) =>
  labels.map((label) => label + name),
)

/** The ports of the server: two origins for each scheme. */
export interface Ports {
  readonly http: readonly [number, number]
  readonly https: readonly [number, number]
}

/** The first value of each query parameter, as latin1. */
export type Query = ReadonlyMap<string, string>

export function queryOf(path: string): Query {
  const query = new Map<string, string>()
  const at = path.indexOf('?')
  if (at === -1) return query
  for (const pair of path.slice(at + 1).split('&')) {
    const [name = '', ...value] = pair.split('=')
    if (pair !== '' && !query.has(bytesOf(name))) query.set(bytesOf(name), bytesOf(value.join('=')))
  }
  return query
}

/** Substitutes host names, ports and parts of the query. */
export function substitute(text: string, ports: Ports, query: Query): string {
  return text.replace(/\{\{([^}]*)\}\}/g, (match, name: string) => {
    const [what = '', ...keys] = name.split(/[[\]]+/)
    if (what === 'host') return host
    if (what === 'domains') return label(keys[0]) + host
    if (what === 'hosts') return label(keys[1]) + (keys[0] === 'alt' ? otherHost : host)
    if (what === 'GET') return query.get(keys[0] ?? '') ?? ''
    if (what !== 'ports' || (keys[0] !== 'http' && keys[0] !== 'https')) return match
    return String(ports[keys[0]][Number(keys[1])] ?? match)
  })
}

function label(name = ''): string {
  return name === '' ? '' : `${name}.`
}

function bytesOf(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
