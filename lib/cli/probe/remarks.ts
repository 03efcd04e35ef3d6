import type { Heard } from './listening.ts'
import { type Head, type Responses, readResponses } from './responses.ts'

/** Something that is out of order, or that an upload has to be ready for. */
export interface Remark {
  readonly code: RemarkCode
  /** What the origin does, as the end of a sentence. */
  readonly text: string
}

/** What can be remarked on. */
export type RemarkCode =
  | 'speaks-first'
  | 'not-http'
  | 'stray-100'
  | 'repeated-100'
  | 'unasked-417'
  | 'final-after-100'
  | 'interim-content'
  | 'interim-overflow'
  | 'bare-line-feed'

/** Bytes of interim responses that this client puts up with. */
const interimLimit = 16_384

/** Finds what is out of order in what an origin sent, none of which was in answer to content. */
export function remarksOn({ idle, asking, unasking }: Heard): Remark[] {
  const asked = readResponses(asking)
  const unasked = readResponses(unasking)
  const both = [asked, unasked]
  const interim = both.flatMap((responses) => responses.interim)
  const heads: readonly Head[] = [...interim, asked.final, unasked.final].filter(isThere)
  const goAheads = goAheadsIn(asked)
  const remarks: Remark[] = []
  const remark = (there: boolean, code: RemarkCode, text: string): void => {
    if (there) remarks.push({ code, text })
  }
  remark(idle !== '', 'speaks-first', 'speaks before anything was said to it')
  remark(
    both.some(({ broken }) => broken),
    'not-http',
    'sends what is no HTTP/1.1 response where one has to begin',
  )
  remark(goAheadsIn(unasked) > 0, 'stray-100', 'sends a stray 100, where nobody asked')
  remark(goAheads > 1, 'repeated-100', `sends ${goAheads} 100s to one request`)
  remark(unasked.final?.status === 417, 'unasked-417', 'answers 417 where nobody asked')
  remark(
    goAheads > 0 && asked.final !== null,
    'final-after-100',
    `answers ${asked.final?.status} after its 100, without waiting for the content`,
  )
  remark(
    interim.some(({ fields }) => fields.some((name) => framing.includes(name))),
    'interim-content',
    'announces content in a 1xx, which has none (RFC 9110, 15.2)',
  )
  remark(
    both.some(({ interimBytes }) => interimBytes > interimLimit),
    'interim-overflow',
    `sends more than ${interimLimit} bytes of interim (1xx) responses`,
  )
  remark(
    heads.some(({ bare }) => bare),
    'bare-line-feed',
    'ends lines with LF in place of CRLF (RFC 9112, 2.2)',
  )
  return remarks
}

const framing: readonly string[] = ['content-length', 'transfer-encoding']

function isThere(head: Head | null): head is Head {
  return head !== null
}

function goAheadsIn({ interim }: Responses): number {
  return interim.filter(({ status }) => status === 100).length
}
