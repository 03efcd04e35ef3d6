import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { Agent, type Dispatcher, request } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { answer, goAhead, type Step } from '../support/steps.ts'
import { threadOrigin } from '../support/thread-origin.ts'

const runs = 50
const chunk = Buffer.alloc(65_536, 'x')
const chunks = 130

/** A source that keeps the processor busy, as one that compresses or encrypts does. */
async function* busy(): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < chunks; sent++) {
    const until = performance.now() + 3
    while (performance.now() < until);
    yield chunk
  }
}

const tooLarge = answer('413 Content Too Large', 'no')
const content: Step = { do: 'read', bytes: 600_000 }
const moments: readonly { when: string; asked: readonly Step[]; unasked: readonly Step[] }[] = [
  { when: 'at the head', asked: [], unasked: [] },
  { when: 'after 600 kB of content', asked: [goAhead, content], unasked: [content] },
]

const combinations = ['TCP', 'TLS'].flatMap((transport) =>
  moments.flatMap((moment) =>
    (['reset', 'close'] as const).map((leave) => ({ transport, ...moment, leave })),
  ),
)

/** Makes one upload and resolves with its status. */
type Send = (url: string, dispatcher: Dispatcher) => Promise<number>

const asking: Send = async (url, dispatcher) => {
  const { response } = await upload(url, busy(), { dispatcher })
  await response.text()
  return response.status
}
const notAsking: Send = async (url, dispatcher) => {
  const { response } = await upload(url, busy(), { dispatcher, expect: 'never' })
  await response.text()
  return response.status
}
const throughUndici: Send = async (url, dispatcher) => {
  const source = Readable.from(busy())
  const { statusCode, body } = await request(url, { method: 'PUT', body: source, dispatcher })
  await body.text()
  return statusCode
}

interface Tally {
  answered: number
  /** The number of failed writes after which the gate looked for a response. */
  rescues: number
  /** The results other than 413, by name. */
  readonly others: Record<string, number>
}

async function tallyOf(
  url: string,
  dispatcher: Dispatcher,
  send: Send,
  times = runs,
): Promise<Tally> {
  const tally: Tally = { answered: 0, rescues: 0, others: {} }
  const onRescue = (): void => {
    tally.rescues += 1
  }
  subscribe('expect-continue:rescue', onRescue)
  for (let run = 0; run < times; run++) {
    const outcome = await send(url, dispatcher).catch((error) => error.code ?? error.message)
    if (outcome === 413) tally.answered += 1
    else tally.others[outcome] = (tally.others[outcome] ?? 0) + 1
  }
  unsubscribe('expect-continue:rescue', onRescue)
  return tally
}

const table: Record<string, Record<string, string>> = {}

/** Adds a tally to the table that is printed at the end, and returns it as text. */
function note(row: string, column: string, { answered, rescues, others }: Tally): string {
  const parts = [`${answered} of ${runs}`]
  if (rescues > 0) parts.push(`${rescues} rescues`)
  for (const [name, times] of Object.entries(others)) parts.push(`${name} ${times}`)
  table[row] = { ...table[row], [column]: parts.join(', ') }
  return `${row}, ${column}: ${parts.join(', ')}`
}

describe('reading a response after a failed write', () => {
  // The comparison with undici is the purpose of this suite.
  after(() => console.table(table))

  for (const { transport, when, asked, unasked, leave } of combinations) {
    const row = `${transport}, 413 ${when}, then ${leave}`

    /** Starts an origin that does this before it refuses, and returns the agent options that trust it. */
    const refusing = async (before: readonly Step[]) => {
      const secret = transport === 'TLS' ? await identity() : null
      const steps: Step[] = [{ do: 'head' }, ...before, tooLarge, { do: leave }]
      const { url } = await threadOrigin(steps, secret)
      return { url, options: secret === null ? {} : { connect: { ca: secret.cert } } }
    }

    it(`returns the 413 to an upload with an expectation: ${row}`, async function () {
      this.timeout(60_000)
      const { url, options } = await refusing(asked)
      const tally = await tallyOf(url, agentFor({ ...options, memory: false }), asking)
      expect(tally.answered, note(row, 'asked', tally)).to.equal(runs)
    })

    it(`returns the 413 to an upload without an expectation: ${row}`, async function () {
      this.timeout(60_000)
      const { url, options } = await refusing(unasked)
      const tally = await tallyOf(url, agentFor(options), notAsking)
      expect(tally.answered, note(row, 'not asked', tally)).to.equal(runs)

      const plain = new Agent(options)
      closeLater(() => plain.destroy())
      note(row, 'plain undici', await tallyOf(url, plain, throughUndici))
    })
  }

  for (const transport of ['TCP', 'TLS']) {
    it(`rejects with the error of the connection if there was no response: ${transport}`, async function () {
      this.timeout(60_000)
      const secret = transport === 'TLS' ? await identity() : null
      const steps: Step[] = [{ do: 'head' }, goAhead, content, { do: 'reset' }]
      const { url } = await threadOrigin(steps, secret)
      const connect = secret === null ? {} : { ca: secret.cert }
      const { others } = await tallyOf(url, agentFor({ connect, memory: false }), asking, 10)
      const codes = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']
      expect(codes).to.include.members(Object.keys(others))
      expect(Object.values(others).reduce((sum, times) => sum + times, 0)).to.equal(10)
    })
  }

  it("returns the 413 to undici's request with an ExpectAgent", async function () {
    this.timeout(60_000)
    const steps: Step[] = [{ do: 'head' }, goAhead, content, tooLarge, { do: 'reset' }]
    const { url } = await threadOrigin(steps)
    const tally = await tallyOf(url, agentFor({ memory: false }), throughUndici)
    const row = 'TCP, 413 after 600 kB of content, then reset'
    expect(tally.answered, note(row, 'asked by request', tally)).to.equal(runs)
  })
})
