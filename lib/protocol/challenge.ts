/** One challenge of a `WWW-Authenticate` or `Proxy-Authenticate` field (RFC 9110, section 11.3). */
export interface SchemeChallenge {
  /** The scheme's name in lower case. */
  readonly scheme: string
  /** Parameters, with names in lower case and values without their quotes. */
  readonly params: Readonly<Record<string, string>>
  /** The token68 that some schemes send instead of parameters. */
  readonly token68?: string
}

interface Found {
  readonly scheme: string
  readonly params: Map<string, string>
  token68?: string
}

const separators = /[\s,]*/y
const spaces = /[ \t]*/y
const token = /[!#$%&'*+\-.^_`|~0-9a-z]+/iy
const token68 = /[-._~+/0-9a-z]+=*(?=[ \t]*(?:,|$))/iy

/**
 * Reads the challenges of a field, or of several lines of it, in order.
 *
 * It never throws: invalid parts are skipped, because a usable challenge may follow them.
 * Commas separate challenges as well as the parameters of one challenge. A name followed by
 * `=` is a parameter; any other name is a scheme.
 */
export function parseChallenges(value: string | readonly string[] | undefined): SchemeChallenge[] {
  const lines = typeof value === 'string' ? [value] : (value ?? [])
  return lines.flatMap((line) => new FieldParser(line).parse())
}

class FieldParser {
  readonly #text: string
  readonly #found: Found[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  parse(): SchemeChallenge[] {
    while (this.#skip(separators) < this.#text.length) {
      const name = this.#take(token)
      // Skips a character that cannot begin a name.
      if (name === '') this.#at += 1
      else this.#named(name.toLowerCase())
    }
    return this.#found.map(({ params, ...rest }) => ({
      ...rest,
      params: Object.fromEntries(params),
    }))
  }

  #named(name: string): void {
    const end = this.#at
    const begin = this.#skip(spaces)
    if (this.#text[begin] === '=') {
      this.#at += 1
      this.#parameter(name)
      return
    }
    const challenge: Found = { scheme: name, params: new Map() }
    this.#found.push(challenge)
    if (begin === end) return
    const word = this.#take(token68)
    if (word !== '') challenge.token68 = word
  }

  #parameter(name: string): void {
    this.#skip(spaces)
    const value = this.#text[this.#at] === '"' ? this.#quoted() : this.#take(token)
    const params = this.#found.at(-1)?.params
    // A parameter must occur only once per challenge (RFC 9110, section 11.2); the first one counts.
    if (params !== undefined && !params.has(name)) params.set(name, value)
  }

  /** Reads a quoted-string (RFC 9110, section 5.6.4); without a closing quote it extends to the end of the field. */
  #quoted(): string {
    const text = this.#text
    const parts: string[] = []
    let from = this.#at + 1
    let at = from
    while (at < text.length && text[at] !== '"') {
      if (text[at] === '\\') {
        parts.push(text.slice(from, at))
        from = at + 1
        at += 1
      }
      at += 1
    }
    parts.push(text.slice(from, at))
    this.#at = at + 1
    return parts.join('')
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const word = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += word.length
    return word
  }

  #skip(pattern: RegExp): number {
    this.#take(pattern)
    return this.#at
  }
}
