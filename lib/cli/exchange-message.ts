/** What undici publishes when a connection was made. */
export interface Connected {
  readonly connectParams: { readonly host: string }
  readonly socket: { readonly encrypted?: boolean }
}

/** What undici publishes when it writes a request's head; of HTTP/1.1, that without its framing. */
export interface SentHead {
  readonly headers: string
  readonly socket: { readonly alpnProtocol?: string | false | null }
}

/** What undici publishes when a response's head came, an interim one included. */
export interface ResponseHead {
  readonly response: {
    readonly statusCode: number
    readonly statusText: string
    /** Names and values in turn from HTTP/1.1, an object from HTTP/2. */
    readonly headers: readonly Buffer[] | Readonly<Record<string, string | readonly string[]>>
  }
}

/** A request's head. */
export interface RequestHead {
  readonly method: string
  readonly target: string
  readonly fields: readonly [string, string][]
}

/** Reads the text of a head: a request line and fields, or in HTTP/2 fields alone. */
export function requestHead(text: string): RequestHead {
  const lines = text.split('\r\n').filter((line) => line !== '')
  const [method = '', target = ''] = (lines[0] ?? '').split(' ')
  const first = / HTTP\/1\.1$/.test(lines[0] ?? '')
  const fields = (first ? lines.slice(1) : lines).map(fieldOf)
  if (first) return { method, target, fields }
  const pseudo = new Map(fields)
  return {
    method: pseudo.get(':method') ?? '',
    target: pseudo.get(':path') ?? '',
    fields: fields.filter(([name]) => !name.startsWith(':') || name === ':authority'),
  }
}

/** The fields of a response's head, one for each value. */
export function responseFields(headers: ResponseHead['response']['headers']): [string, string][] {
  if (!Array.isArray(headers)) {
    return Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, String(value)]),
    )
  }
  const texts = headers.map((part: Buffer) => part.toString('latin1'))
  return texts.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name, texts[at + 1] ?? '']] : [],
  )
}

function fieldOf(line: string): [string, string] {
  // The colon that ends the name is not the one that begins a pseudo field's.
  const colon = line.indexOf(':', 1)
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}
