import { type Heard, type Responses, readResponses } from './listening.ts'

/** A fault of the origin, or a behaviour that uploads have to cope with. */
export interface Remark {
  readonly code: string
  /** The behaviour, as the end of a sentence. */
  readonly text: string
}

/** The most bytes of interim responses that this client accepts. */
const interimLimit = 16_384

/** Finds faults in the bytes that an origin sent before any content. */
export function remarksOn({ idle, asking, unasking }: Heard): Remark[] {
  const asked = readResponses(asking)
  const unasked = readResponses(unasking)
  const both = [asked, unasked]
  const interim = both.flatMap((responses) => responses.interim)
  const heads = [...interim, ...both.flatMap(({ final }) => final ?? [])]
  const [goAheads = 0, strays = 0] = both.map(countGoAheads)
  const after = asked.final?.status
  const answersBoth = goAheads > 0 && after !== undefined
  const isBroken = both.some(({ broken }) => broken)
  const refuses = unasked.final?.status === 417
  const announces = interim.some(({ fields }) => fields.some((name) => framing.includes(name)))
  const overflows = both.some(({ interimBytes }) => interimBytes > interimLimit)
  const overflow = `sends more than ${interimLimit} bytes of interim (1xx) responses`
  const endsInLineFeed = heads.some(({ bare }) => bare)
  const found: readonly [boolean, string, string][] = [
    [idle !== '', 'speaks-first', 'sends bytes before it gets a request'],
    [isBroken, 'not-http', 'sends bytes that are not an HTTP/1.1 response'],
    [strays > 0, 'stray-100', 'sends a stray 100 to a request without an expectation'],
    [goAheads > 1, 'repeated-100', `sends ${goAheads} 100s to one request`],
    [refuses, 'unasked-417', 'answers 417 to a request without an expectation'],
    [answersBoth, 'final-after-100', `answers ${after} right after its 100`],
    [announces, 'interim-content', 'declares content in a 1xx (RFC 9110, 15.2)'],
    [overflows, 'interim-overflow', overflow],
    [endsInLineFeed, 'bare-line-feed', 'ends lines with LF in place of CRLF (RFC 9112, 2.2)'],
  ]
  return found.flatMap(([there, code, text]) => (there ? [{ code, text }] : []))
}

const framing: readonly string[] = ['content-length', 'transfer-encoding']

function countGoAheads({ interim }: Responses): number {
  return interim.filter(({ status }) => status === 100).length
}
