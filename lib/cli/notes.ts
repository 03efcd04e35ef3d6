import { Help } from '@commander-js/extra-typings'
import { layout } from './help.ts'

/** A term and its meaning. */
export type Note = readonly [term: string, meaning: string]

export const environment: readonly Note[] = [
  ['EXPECT_CONTINUE_PASSWORD', 'the password of --user; if not set, the command asks for it'],
  ['EXPECT_CONTINUE_TOKEN', 'the token of --bearer; if not set, the command asks for it'],
  ['HTTP_PROXY, HTTPS_PROXY, NO_PROXY', "the proxies, with '--proxy env' or NODE_USE_ENV_PROXY=1"],
  ['NO_COLOR', 'no colours, if it is not empty'],
]

export const exitStatuses: readonly Note[] = [
  ['0', 'success: the server accepted every upload (2xx), or the probe is complete'],
  ['1', 'the server refused, could not be reached, or something else failed'],
  ['2', 'wrong usage'],
  ['130', 'cancelled with Ctrl-C'],
]

/** The notes as `--help` shows them. */
export function notesText(helpWidth: number): string {
  const help = Object.assign(new Help(), layout)
  help.prepareContext({ helpWidth })
  const section = (title: string, notes: readonly Note[]): string[] => {
    const longest = Math.max(...notes.map(([term]) => term.length))
    const items = notes.map(([term, meaning]) => help.formatItem(term, longest, meaning, help))
    return help.formatItemList(title, items, help)
  }
  const lines = [...section('Environment:', environment), ...section('Exit status:', exitStatuses)]
  return `\n${lines.join('\n').trimEnd()}`
}
