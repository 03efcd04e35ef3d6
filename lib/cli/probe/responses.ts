/** The head of one response. */
export interface Head {
  readonly status: number
  /** Names of its fields, in lower case. */
  readonly fields: readonly string[]
  /** Whether a line of it ends in LF alone. */
  readonly bare: boolean
}

/** What an origin sent, as far as it can be read. */
export interface Responses {
  readonly interim: readonly Head[]
  /** Bytes that the interim responses have together. */
  readonly interimBytes: number
  /** The final response, when its head is whole. */
  readonly final: Head | null
  /** Whether something stands where a response has to begin and is none. */
  readonly broken: boolean
}

const head = /\r?\n\r?\n/g
const statusLine = /^HTTP\/1\.\d (\d{3})(?: |$)/

/** Reads the heads of responses, up to the first final one (RFC 9112, section 4). */
export function readResponses(text: string): Responses {
  const interim: Head[] = []
  let at = 0
  for (;;) {
    at = afterLineEnds(text, at)
    const none = { interim, interimBytes: at, final: null, broken: false }
    if (!mayBegin(text, at)) return { ...none, broken: true }
    head.lastIndex = at
    const end = head.exec(text)
    if (end === null) return { ...none, interimBytes: isInterimBegun(text, at) ? text.length : at }
    const read = readHead(text.slice(at, end.index), end[0])
    if (read === null) return { ...none, broken: true }
    if (!isInterim(read.status)) return { ...none, final: read }
    interim.push(read)
    at = head.lastIndex
  }
}

/** RFC 9112, section 2.2: a parser lets line ends before a start line pass. */
function afterLineEnds(text: string, from: number): number {
  let at = from
  while (text[at] === '\r' || text[at] === '\n') at += 1
  return at
}

function mayBegin(text: string, at: number): boolean {
  const begun = text.slice(at, at + 7)
  return 'HTTP/1.'.startsWith(begun)
}

function isInterimBegun(text: string, at: number): boolean {
  return /^HTTP\/1\.\d 1/.test(text.slice(at, at + 10))
}

function readHead(text: string, end: string): Head | null {
  const [first = '', ...lines] = text.split(/\r?\n/)
  const status = statusLine.exec(first)?.[1]
  if (status === undefined) return null
  const fields = lines.map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
  return { status: Number(status), fields, bare: /(?<!\r)\n/.test(text + end) }
}

/** After a 101 there is no HTTP any more. */
function isInterim(status: number): boolean {
  return status >= 100 && status < 200 && status !== 101
}
