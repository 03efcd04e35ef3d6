import { type CommandUnknownOpts, Help } from '@commander-js/extra-typings'

/** The narrowest column of descriptions beside the terms. Below it they stand under the terms. */
const narrowest = 30
const indent = 6

/** How `--help` is laid out: no line is wider than the screen. */
export const layout = {
  minWidthToWrap: 20,

  subcommandTerm(command: CommandUnknownOpts): string {
    return `${command.name()} ${command.usage()}`
  },

  commandUsage(this: Help, command: CommandUnknownOpts): string {
    const title = 'Usage: '.length
    const usage = Help.prototype.commandUsage.call(this, command)
    return indented(this.boxWrap(usage, widthOf(this) - title), title)
  },

  formatItem(this: Help, term: string, width: number, description: string, help: Help): string {
    if (widthOf(this) - width - 4 >= narrowest) {
      return Help.prototype.formatItem.call(this, term, width, description, help)
    }
    const text = this.boxWrap(description, widthOf(this) - indent)
    return `  ${term}\n${' '.repeat(indent)}${indented(text, indent)}`
  },
}

function widthOf({ helpWidth = 80 }: Help): number {
  return helpWidth
}

function indented(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`)
}

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
