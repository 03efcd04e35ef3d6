const secret = /authorization|cookie|token|secret|password|signature|api-?key|credential/i

// Those of whose values the first word says how, and nothing of the secret itself.
const schemed = /^(proxy-)?authorization$/i

/** A header field as it may be shown: without credentials. */
export function shownField(name: string, value: string): string {
  if (/^(content-)?location$/i.test(name)) return `${name}: ${withoutQuery(value)}`
  if (!secret.test(name)) return `${name}: ${value}`
  const [scheme = '', rest] = value.split(' ', 2)
  return schemed.test(name) && rest !== undefined ? `${name}: ${scheme} …` : `${name}: …`
}

/** A target or URL as it may be shown: signatures of signed URLs stand in the query. */
export function withoutQuery(target: string): string {
  return target.replace(/\?.*$/s, '?…')
}
