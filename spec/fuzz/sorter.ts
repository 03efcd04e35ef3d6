import type { RequestContent } from '../../lib/protocol/head.ts'
import { OutgoingSorter, type Written } from '../../lib/protocol/outgoing.ts'
import { mutated } from './mutated.ts'
import { writes, writtenText } from './pieces.ts'
import type { Random } from './random.ts'
import { type MadeRequest, madeRequest } from './requests.ts'
import { holds, same, type Target } from './target.ts'

/** What a sorter makes of what was written. */
interface Outcome {
  /** What goes on, up to each place where content is kept back, and after the last one. */
  readonly parts: string[]
  readonly contents: RequestContent[]
  readonly contentBytes: number
  readonly complete: boolean
}

/** The OutgoingSorter and its RequestFraming against what the requests were made of. */
export const sorter: Target = {
  name: 'sorter',
  share: 0.35,
  parallel: 1,
  run(random) {
    const count = random.between(1, 4)
    const made = Array.from({ length: count }, (_, at) => madeRequest(random, at === count - 1))
    const text = made.map(({ head, rest }) => head + rest).join('')
    const asks = made.map((request) => request.asks)
    const found = sorted(writes(random, text), asks)
    if (random.chance(0.7)) same(found, outcomeOf(made), 'what is written')
    else broken(random, mutated(random, text), asks)
  },
}

/** What is no HTTP comes to the same however it is cut, and nothing but heads is changed. */
function broken(random: Random, text: string, asks: readonly boolean[]): void {
  const found = sorted(writes(random, text), asks)
  const whole = sorted([[{ chunk: text, encoding: 'latin1' }]], asks)
  same(found, whole, 'what is written, cut and whole')
  const isChanged = found.parts.length > 1
  holds(isChanged || text.startsWith(found.parts.join('')), 'what is no head is changed')
}

/** Runs writes through a sorter; what is kept back is let go at once, as after a 100. */
function sorted(all: readonly Written[][], asks: readonly boolean[]): Outcome {
  const contents: RequestContent[] = []
  const sorting = new OutgoingSorter((content) => {
    contents.push(content)
    return asks[contents.length - 1] ?? false
  })
  const parts: Written[][] = [[]]
  let contentBytes = 0
  for (const write of all) {
    for (let pieces: Written[] | null = write; pieces !== null; ) {
      const { now, later, contentBytes: bytes } = sorting.sort(pieces)
      parts.at(-1)?.push(...now)
      contentBytes += bytes
      pieces = later
      if (later !== null) parts.push([])
    }
  }
  return { parts: parts.map(writtenText), contents, contentBytes, complete: sorting.complete }
}

function outcomeOf(made: readonly MadeRequest[]): Outcome {
  const parts = ['']
  for (const { head, rest, asks } of made) {
    const before = parts.pop()
    if (asks) parts.push(`${before}${withField(head, 'expect: 100-continue')}`, rest)
    else parts.push(`${before}${head}${rest}`)
  }
  return {
    parts,
    contents: made.map(({ content }) => content),
    contentBytes: made.reduce((sum, { contentBytes }) => sum + contentBytes, 0),
    complete: made.every(({ content }) => content !== 'tunnel'),
  }
}

function withField(head: string, field: string): string {
  return `${head.slice(0, -2)}${field}\r\n\r\n`
}
