/**
 * Milliseconds until a `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date; `null`
 * where there is none that can be read. A date that has passed means at once.
 */
export function parseRetryAfter(value: unknown, now: number): number | null {
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000
  // Date.parse takes much that is no HTTP date; all three of its forms begin with a day.
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
