import { BlockList, isIP } from 'node:net'

type Matches = (host: string, port: number) => boolean

/**
 * Reads a NO_PROXY list: entries between commas or blanks, compared without case.
 *
 * | entry | reached without the proxy |
 * | --- | --- |
 * | `*` | everything |
 * | `example.com`, `.example.com` | that host and the hosts below it |
 * | `*.example.com` | the hosts below it |
 * | `10.0.0.1`, `::1`, `[::1]` | that address, however it is written |
 * | `10.0.0.0/8`, `fd00::/8` | the addresses in that block |
 * | any of these except blocks, with `:8080` | the same, on that port |
 *
 * These are undici's rules, with curl's blocks. Names are not resolved.
 *
 * @returns whether an origin is reached without the proxy.
 */
export function readNoProxy(list: string): (origin: URL) => boolean {
  const entries = list.split(/[,\s]+/).filter((entry) => entry !== '')
  const matchers = entries.map((entry) => matcherOf(entry.toLowerCase()))
  return ({ protocol, hostname, port }) => {
    const host = bare(hostname.toLowerCase())
    const number = Number(port) || (protocol === 'https:' ? 443 : 80)
    return matchers.some((matches) => matches(host, number))
  }
}

function matcherOf(entry: string): Matches {
  const [, network = '', bits] = /^(.+)\/(\d+)$/.exec(entry) ?? []
  if (bits !== undefined && isIP(network) !== 0) return inBlock(network, Number(bits))
  const { name, port } = split(entry)
  const matches = ofName(name)
  return (host, number) => (port === null || port === number) && matches(host, number)
}

/** An IPv6 address without brackets has no port. */
function split(entry: string): { name: string; port: number | null } {
  const [, name, port] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? []
  if (name === undefined) return { name: entry, port: null }
  return { name, port: Number(port) }
}

function ofName(name: string): Matches {
  if (name === '*') return () => true
  const own = bare(name.replace(/^\*?\./, ''))
  const version = isIP(own)
  if (version !== 0) return inBlock(own, version === 4 ? 32 : 128)
  const below = (host: string): boolean => host.endsWith(`.${own}`)
  return name.startsWith('*') ? below : (host) => host === own || below(host)
}

/** A block with more bits than the address has matches nothing. */
function inBlock(network: string, bits: number): Matches {
  const family = familyOf(network)
  const block = new BlockList()
  if (bits <= (family === 'ipv4' ? 32 : 128)) block.addSubnet(network, bits, family)
  return (host) => isIP(host) !== 0 && block.check(host, familyOf(host))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}

/** A host without the brackets of an IPv6 address and the dot at the end of a full name. */
function bare(host: string): string {
  return host.replace(/^\[(.+)\]$/, '$1').replace(/(.)\.$/, '$1')
}
