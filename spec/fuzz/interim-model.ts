import type { ResponseHead } from '../../lib/protocol/interim-responses.ts'

/** The expected result for the bytes of one response. */
export interface Model {
  pass: string
  readonly heads: ResponseHead[]
  /** Bytes that may become an interim response. */
  held: string
  /** Bytes of interim responses, and of line ends before a head. */
  looked: number
  /** The largest part of these in one head. */
  longest: number
}

/**
 * The expected result of an InterimResponseParser, computed in a simple way: with all bytes at once, in lines, and
 * with a regular expression for the beginning of a head.
 */
export function interimModel(bytes: string): Model {
  const model: Model = { pass: '', heads: [], held: '', looked: 0, longest: 0 }
  let rest = bytes
  for (;;) {
    const lineEnds = /^[\r\n]*/.exec(rest)?.[0] ?? ''
    model.pass += lineEnds
    model.looked += lineEnds.length
    model.longest = Math.max(model.longest, lineEnds.length)
    rest = rest.slice(lineEnds.length)
    if (mayBegin(rest)) {
      model.held = rest
      return model
    }
    const status = Number(/^HTTP\/1\.\d (\d\d\d)[ \r\n]/.exec(rest)?.[1] ?? 0)
    if (status === 101 || status < 100 || status > 199) {
      model.pass += rest
      model.heads.push({ type: 'final', status })
      return model
    }
    const completeHead = headIn(rest)
    const head = completeHead ?? rest
    model.looked += head.length
    model.longest = Math.max(model.longest, lineEnds.length + head.length)
    if (status !== 100) model.pass += head
    if (completeHead === null) return model
    model.heads.push({ type: 'interim', status })
    rest = rest.slice(head.length)
  }
}

/** The lines up to one that consists of CRs only; `null` without one. */
function headIn(rest: string): string | null {
  const lines = rest.split('\n')
  const blank = lines.findIndex((line, at) => at > 0 && /^\r*$/.test(line))
  // What follows the last LF is not a line yet.
  if (blank === -1 || blank === lines.length - 1) return null
  return `${lines.slice(0, blank + 1).join('\n')}\n`
}

/** Whether this is a prefix of a version, a status and a space. */
function mayBegin(rest: string): boolean {
  const example = 'HTTP/1.1 100 '
  return (
    rest.length < example.length && /^HTTP\/1\.\d \d\d\d $/.test(rest + example.slice(rest.length))
  )
}
