const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const month = `(?<month>${months.join('|')})`
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'

/** The forms of an HTTP date (RFC 9110, section 5.6.7), all of them in UTC. */
const forms = [
  // IMF-fixdate
  new RegExp(`^${day}, (?<day>\\d\\d?) ${month} (?<year>\\d{4}) ${time} (?:GMT|UTC)$`),
  // RFC 850
  new RegExp(`^${day}[a-z]*, (?<day>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`),
  // asctime
  new RegExp(`^${day} ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})(?: GMT)?$`),
]

/**
 * Milliseconds until the time in a `Retry-After` field (RFC 9110, section 10.2.3), which is a
 * number of seconds or a date. Returns `null` for a missing or invalid field, and 0 for a date
 * in the past.
 */
export function parseRetryAfter(value: unknown, now: number): number | null {
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER)
  for (const form of forms) {
    const fields = form.exec(text)?.groups
    if (fields !== undefined) return Math.max(0, timeOf(fields, now) - now)
  }
  return null
}

function timeOf(fields: Readonly<Record<string, string>>, now: number): number {
  const { year = '', month: name = '' } = fields
  const units = ['day', 'hour', 'minute', 'second']
  const [date, hour, minute, second] = units.map((unit) => Number(fields[unit]))
  return Date.UTC(fullYear(year, now), months.indexOf(name), date, hour, minute, second)
}

/** A two-digit year more than 50 years ahead is in the past (RFC 9110, section 5.6.7). */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits)
  const current = new Date(now).getUTCFullYear()
  const year = current - (current % 100) + Number(digits)
  return year > current + 50 ? year - 100 : year
}
