import { readFileSync } from 'node:fs'
import { type ExchangeView, viewOf } from './view.ts'

declare const data: readonly ExchangeView[]

export { data }

/** All recordings, for the page about the exchange. VitePress calls this when it builds. */
export default {
  watch: ['./recordings.json'],
  load: (): ExchangeView[] =>
    JSON.parse(readFileSync(new URL('recordings.json', import.meta.url), 'utf8')).map(viewOf),
}
