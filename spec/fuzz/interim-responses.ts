import {
  headLimit,
  type InterimLimits,
  InterimResponseParser,
  idleLimit,
  type ResponseHead,
} from '../../lib/protocol/interim-responses.ts'
import { interimModel } from './interim-model.ts'
import { bytesOf, cut, joined } from './pieces.ts'
import type { Random } from './random.ts'
import { responseBytes } from './responses.ts'
import { holds, same, type Target } from './target.ts'

/** Compares the InterimResponseParser with a model, however the bytes are cut. */
export const interimResponses: Target = {
  name: 'interim',
  share: 0.63,
  parallel: 1,
  run(random) {
    const head = random.pick([30, 100, 700, headLimit])
    const limits = { head, idle: random.pick([30, 100, 700, idleLimit]) }
    const parser = new InterimResponseParser(limits)
    for (let requests = random.between(1, 3); requests > 0; requests--) {
      one(random, parser, limits)
      parser.reset()
    }
  },
}

function one(random: Random, parser: InterimResponseParser, limits: InterimLimits): void {
  const bytes = responseBytes(random)
  const model = interimModel(bytes)
  const excess = model.longest > limits.head || model.looked > limits.idle
  const sizes = `${model.longest} and ${model.looked} bytes`
  const pass: Uint8Array[] = []
  const heads: ResponseHead[] = []
  for (const piece of cut(random, bytes)) {
    const split = parser.take(bytesOf(piece))
    holds(
      split.pass.every(({ length }) => length > 0),
      'a piece without bytes is passed on',
    )
    pass.push(...split.pass)
    heads.push(...split.heads)
    if (!split.overflow) continue
    holds(excess, `${sizes} pass the limits of ${limits.head} and ${limits.idle}`)
    holds(model.pass.startsWith(joined(pass)), 'other bytes pass before the limit')
    same(heads, model.heads.slice(0, heads.length), 'the heads before the limit')
    return
  }
  holds(!excess, `${sizes} do not pass the limits of ${limits.head} and ${limits.idle}`)
  same(joined(pass), model.pass, 'what passes')
  same(heads, model.heads, 'the heads')
  same(parser.watching, model.heads.at(-1)?.type !== 'final', 'whether it is watching')
  same(joined([parser.flush()]), model.held, 'what is held')
}
