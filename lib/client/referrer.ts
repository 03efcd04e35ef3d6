import { getGlobalOrigin } from 'undici/index.js'

/** A longer referrer is cut down to its origin (Referrer Policy, section 8.3). */
const longest = 4096

/** The `Referer` of a request, by its referrer policy; `null` for none. */
export function refererField({ referrer, referrerPolicy, url }: Request): string | null {
  const source = referrer === 'about:client' ? getGlobalOrigin() : URL.parse(referrer)
  if (!source || !/^https?:$/.test(source.protocol)) return null
  const origin = `${source.origin}/`
  const full = source.origin + source.pathname + source.search
  const text = full.length > longest ? origin : full
  const same = source.origin === new URL(url).origin
  const downgraded = isTrusted(source) && !isTrusted(new URL(url))
  switch (referrerPolicy) {
    case 'no-referrer':
      return null
    case 'origin':
      return origin
    case 'unsafe-url':
      return text
    case 'same-origin':
      return same ? text : null
    case 'origin-when-cross-origin':
      return same ? text : origin
    case 'strict-origin':
      return downgraded ? null : origin
    case 'no-referrer-when-downgrade':
      return downgraded ? null : text
    case '':
    case 'strict-origin-when-cross-origin':
      if (same) return text
      return downgraded ? null : origin
  }
}

/** The `Origin` of a request with content, if the process has one (undici's `setGlobalOrigin`). */
export function originField({ referrerPolicy, url }: Request): string | null {
  const origin = getGlobalOrigin()
  if (!origin) return null
  const target = new URL(url)
  if (referrerPolicy === 'no-referrer') return 'null'
  if (referrerPolicy === 'same-origin')
    return origin.origin === target.origin ? origin.origin : 'null'
  const strict = !['origin', 'origin-when-cross-origin', 'unsafe-url'].includes(referrerPolicy)
  const downgraded = origin.protocol === 'https:' && target.protocol !== 'https:'
  return strict && downgraded ? 'null' : origin.origin
}

/** Whether the URL is potentially trustworthy (Secure Contexts, section 3.1). */
function isTrusted({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
