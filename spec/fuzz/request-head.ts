import { contentHead } from '../../lib/protocol/request-head.ts'
import { mutated } from './mutated.ts'
import type { Random } from './random.ts'
import { same, type Target } from './target.ts'

/** Compares contentHead with lines that are joined one by one. */
export const requestHead: Target = {
  name: 'head',
  share: 0.2,
  parallel: 1,
  run(random) {
    const lines = [
      `${random.pick(['PUT', 'GET', 'X'])} /${word(random)} HTTP/1.1`,
      ...random.list(0, 4, () => field(random)),
    ]
    const length = random.pick([null, 0, 1, random.below(1e9), Number.MAX_SAFE_INTEGER])
    const asks = random.chance(0.5)
    const wanted = [
      ...lines,
      length === null ? 'transfer-encoding: chunked' : `content-length: ${length}`,
      ...(asks ? ['expect: 100-continue'] : []),
    ]
    const given = random.chance(0.5) ? lines : [...lines, 'content-length: 0']
    // If the last field of the caller already has the framing, it is kept.
    if (given === lines && lines.length > 1 && lines.at(-1) === 'content-length: 0') {
      wanted.splice(lines.length - 1, 1)
    }
    same(contentHead(headOf(given), { length, asks }), headOf(wanted), 'the head')
    const broken = mutated(random, headOf(given))
    const found = contentHead(broken, { length, asks })
    same(found !== null, broken.endsWith('\r\n\r\n'), 'whether it is a head')
  },
}

function headOf(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}

function field(random: Random): string {
  const makers = [
    () => `${word(random)}: ${word(random)}`,
    () => 'content-length: 0',
    () => 'x: content-length: 0',
    () => `x-${word(random)}: $& $1 $$ \xff`,
  ] as const
  return random.pick(makers)()
}

function word(random: Random): string {
  return random.bytes(random.below(9)).replaceAll(/[\r\n]/g, '-')
}
