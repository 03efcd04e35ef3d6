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

/** Indents all lines but the first. */
function indented(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`)
}
