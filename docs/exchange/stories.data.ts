import { readFileSync } from 'node:fs'
import type { Recording } from './recording.ts'
import { type ExchangeView, viewOf } from './view.ts'

declare const data: readonly ExchangeView[]

export { data }

/** The recordings on the home page, in order. */
const stories = ['413', 'go', '417', 'silent']

/** A few recordings for the home page. VitePress calls this when it builds. */
export default {
  watch: ['./recordings.json'],
  load: (): ExchangeView[] => {
    const text = readFileSync(new URL('recordings.json', import.meta.url), 'utf8')
    const recordings: readonly Recording[] = JSON.parse(text)
    const plain = recordings.filter(
      ({ client, content }) => client === 'default' && content === 'file',
    )
    return stories.flatMap((story) => plain.filter(({ origin }) => origin === story)).map(viewOf)
  },
}
