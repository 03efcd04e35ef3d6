import type { RequestContent } from '../../lib/protocol/head.ts'
import type { Random } from './random.ts'

/** A request as a client writes it, one byte a character. */
export interface MadeRequest {
  readonly head: string
  /** What follows the head, framing included. */
  readonly rest: string
  readonly content: RequestContent
  readonly contentBytes: number
  /** Whether it is to ask. */
  readonly asks: boolean
}

type Framed = Pick<MadeRequest, 'rest' | 'content'> & { readonly fields: string[] }

const lookalikes = [
  'x: content-length: 12',
  'content-lengths: 9',
  'x-content-length: 12',
  'x: transfer-encoding: chunked',
  'upgrade-insecure-requests: 1',
  'x: expect: 100-continue',
  'x: x-expect-continue-ticket: 1',
  'x-x-expect-continue-ticket: 1',
] as const

/** A whole request; nothing comes after the last one, which may be the beginning of a tunnel. */
export function madeRequest(random: Random, last: boolean): MadeRequest {
  const chunks = random.list(0, 4, () => piece(random))
  const { fields, rest, content } = framed(random, chunks, last)
  const others = random.list(0, 3, () => random.pick(lookalikes))
  const method = content === 'tunnel' ? 'CONNECT' : random.pick(['PUT', 'POST', 'GET', 'CONNECTED'])
  const target = random.pick(['/', '/CONNECT', `/?${'q'.repeat(random.below(50))}`, 'a:443'])
  const head = [`${method} ${target} HTTP/1.1`, ...others, ...fields, '', ''].join('\r\n')
  const counted = typeof content === 'number' ? content : chunks.join('').length
  const contentBytes = content === 'tunnel' ? 0 : counted
  return { head, rest, content, contentBytes, asks: random.chance(0.4) }
}

function framed(random: Random, chunks: string[], last: boolean): Framed {
  const text = chunks.join('')
  return random.pick<() => Framed>([
    () => ({ fields: [], rest: '', content: 0 }),
    () => ({
      fields: [`${random.pick(['content-length', 'Content-Length'])}: ${text.length}`],
      rest: text,
      content: text.length,
    }),
    () => ({
      fields: [random.pick(['transfer-encoding: chunked', 'Transfer-Encoding: gzip, Chunked'])],
      rest: inChunks(random, chunks),
      content: 'chunked',
    }),
    () =>
      last ? { fields: [], rest: text, content: 'tunnel' } : { fields: [], rest: '', content: 0 },
  ])()
}

function inChunks(random: Random, chunks: string[]): string {
  const sized = chunks
    .filter((chunk) => chunk !== '')
    .map((chunk) => {
      const size = chunk.length.toString(16)
      return `${random.chance(0.5) ? size : size.toUpperCase()}\r\n${chunk}\r\n`
    })
  return `${sized.join('')}0\r\n\r\n`
}

/** Content, which may look like anything. */
function piece(random: Random): string {
  return random.pick<() => string>([
    () => random.bytes(random.below(60)),
    () => 'PUT / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc',
    () => 'GET / HTTP/1.1\r\nx-expect-continue-ticket: 1\r\n\r\n',
    () => '\r\n0\r\n\r\n',
    () => 'x'.repeat(random.below(3000)),
    () => '\u00c3\u00a4'.repeat(random.below(20)),
  ])()
}
