import { readFileSync } from 'node:fs'
import { type View, viewOf } from './view.ts'

declare const data: readonly View[]

export { data }

/** All recordings, for the page about the exchange; VitePress calls it when it builds. */
export default {
  watch: ['./recordings.json'],
  load: (): View[] =>
    JSON.parse(readFileSync(new URL('recordings.json', import.meta.url), 'utf8')).map(viewOf),
}
