import type { ExchangeView } from '../../exchange/view.ts'

/** What is between client and server at a position of the recording. */
export interface Stage {
  /** Heads on their way. */
  readonly packets: readonly Packet[]
  /** Whether the body is being sent. */
  readonly sending: boolean
  /** The text on the line between client and server when nothing else is on it. */
  readonly note: string
}

export interface Packet {
  readonly text: string
  /** 0 at the client, 1 at the server. */
  readonly at: number
  readonly kind: 'request' | 'go' | 'accepted' | 'refused'
}

/** The part of a recording that shows a head on its way; in reality it is too short to see. */
const flight = 0.09

const notes = {
  pause: 'the client pauses',
  wait: 'the body waits',
  body: 'the body is sent',
  response: 'the body was sent',
} as const

export function stageAt({ lines, attempts, totalMs, status }: ExchangeView, time: number): Stage {
  if (time >= totalMs) return { packets: [], sending: false, note: status }
  const span = totalMs * flight
  const packets = lines.flatMap(({ kind, atMs, text }): Packet[] => {
    if (kind !== 'request' && kind !== 'response') return []
    const from = kind === 'request' ? atMs : atMs - span
    const part = (time - from) / span
    if (part < 0 || part >= 1) return []
    const code = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)
    if (kind === 'request') {
      const asks = /^expect:/im.test(text)
      return [{ text: asks ? 'headers, Expect' : 'headers', at: part, kind: 'request' }]
    }
    const final = code < 300 ? 'accepted' : 'refused'
    const answer = code < 200 ? 'go' : final
    return [{ text: String(code), at: 1 - part, kind: answer }]
  })
  const bar = attempts
    .flatMap(({ bars }) => bars)
    .find(({ fromMs, toMs }) => time >= fromMs && time < toMs)
  const note = bar === undefined || packets.length > 0 ? '' : notes[bar.kind]
  return { packets, sending: bar?.kind === 'body', note }
}
