import type { Random } from '../random.ts'
import { holds, type Target } from '../target.ts'
import { FakeOrigin } from './fake-origin.ts'
import type { Received } from './received.ts'
import { scripts } from './script.ts'
import { FuzzedUpload, fuzzedAgent, numberField, type Outcome } from './uploads.ts'

/**
 * The whole client, over loopback sockets, with an origin that sends anything at any time. Each upload settles with a
 * response or with an error that has a code. What arrives at the origin is a prefix of what was sent, and complete
 * only if it is all of it. No connection stays open.
 */
export const client: Target = {
  name: 'client',
  share: 0.02,
  parallel: 48,
  async run(random) {
    const origin = new FakeOrigin(scripts(random))
    await origin.listen()
    const agent = fuzzedAgent(random, origin.port)
    const uploads = Array.from(
      { length: random.between(1, 3) },
      (_, at) => new FuzzedUpload(random, at),
    )
    try {
      await all(random, uploads, async (upload) => {
        const outcome = await upload.make(agent, `http://127.0.0.1:${origin.port}/0`)
        checkOutcome(outcome)
      })
    } finally {
      await agent.destroy()
      await origin.close()
    }
    for (const { received } of origin.connections) {
      for (const each of received.requests) checkReceived(each, uploads)
      holds(
        !received.rest.includes('\0') && /^[\x20-\x7e\r\n]*$/.test(received.rest),
        'content after a request',
      )
    }
  },
}

/** Sequentially or concurrently. */
async function all<Item>(
  random: Random,
  items: Item[],
  make: (item: Item) => Promise<void>,
): Promise<void> {
  if (random.chance(0.2)) {
    await Promise.all(items.map(make))
    return
  }
  for (const item of items) await make(item)
}

function checkOutcome(outcome: Outcome): void {
  if ('error' in outcome) {
    if (codeOf(outcome.error) === null)
      throw new Error('an error without a code', { cause: outcome.error })
    return
  }
  const { status, reported } = outcome
  holds(status >= 200 && status <= 999, `a response with status ${status}`)
  holds(reported === null || reported === status, `a ${status} that is reported as ${reported}`)
}

/**
 * The code of an error, or of its cause, as fetch wraps it. A parser error of undici is recognised by its name,
 * because some of them have no code.
 */
function codeOf(error: unknown): string | null {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.name === 'HTTPParserError') return each.name
    if ('code' in each && typeof each.code === 'string') return each.code
  }
  return null
}

function checkReceived(
  { head, content, complete }: Received,
  uploads: readonly FuzzedUpload[],
): void {
  holds(/^[A-Z]+ \/\S* HTTP\/1\.1\r\n/.test(head), `no request: ${head.slice(0, 80)}`)
  holds(!/^x-expect/im.test(head), 'a field of the client itself came to the origin')
  const number = new RegExp(`^${numberField}: (\\d)\\r$`, 'm').exec(head)?.[1]
  const sent = uploads[Number(number)]?.content
  holds(sent !== undefined, `a request of no upload: ${head}`)
  holds(sent.subarray(0, content.length).equals(content), 'content that was not sent')
  const isGet = head.startsWith('GET ')
  holds(
    !complete || isGet || content.length === sent.length,
    'complete, but not all of the content',
  )
}
