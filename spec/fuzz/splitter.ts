import { InterimSplitter, interimLimit, type ResponseHead } from '../../lib/protocol/interim-responses.ts'
import { interimModel } from './interim-model.ts'
import { bytesOf, cut, joined } from './pieces.ts'
import type { Random } from './random.ts'
import { responseBytes } from './responses.ts'
import { holds, same, type Target } from './target.ts'

/** The InterimSplitter against a model of it, however the bytes are cut. */
export const splitter: Target = {
  name: 'splitter',
  share: 0.48,
  parallel: 1,
  run(random) {
    const limit = random.pick([30, 100, 700, interimLimit])
    const splitting = new InterimSplitter(limit)
    for (let requests = random.between(1, 3); requests > 0; requests--) {
      one(random, splitting, limit)
      splitting.reset()
    }
  },
}

function one(random: Random, splitting: InterimSplitter, limit: number): void {
  const bytes = responseBytes(random)
  const model = interimModel(bytes)
  const pass: Uint8Array[] = []
  const heads: ResponseHead[] = []
  for (const piece of cut(random, bytes)) {
    const split = splitting.take(bytesOf(piece))
    holds(
      split.pass.every(({ length }) => length > 0),
      'a piece without bytes is passed on',
    )
    pass.push(...split.pass)
    heads.push(...split.heads)
    if (!split.overflow) continue
    holds(model.looked > limit, `${model.looked} bytes pass the limit of ${limit}`)
    holds(model.pass.startsWith(joined(pass)), 'other bytes pass before the limit')
    same(heads, model.heads.slice(0, heads.length), 'the heads before the limit')
    return
  }
  holds(model.looked <= limit, `${model.looked} bytes do not pass the limit of ${limit}`)
  same(joined(pass), model.pass, 'what passes')
  same(heads, model.heads, 'the heads')
  same(splitting.watching, model.heads.at(-1)?.type !== 'final', 'whether it is watching')
  same(joined([splitting.flush()]), model.held, 'what is held')
}
