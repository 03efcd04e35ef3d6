import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings'

/** Values of options that are not limited to choices. */
const suggested: Readonly<Record<string, readonly string[]>> = {
  '--method': ['PUT', 'POST', 'PATCH'],
  '--mode': ['go', 'silent', 'reset', 'resumable', '307', '401', '413', '417', '503'],
  '--fault': ['reset:1m', 'stall:1m', '503:1m'],
  '--continue-timeout': ['adaptive'],
  '--proxy': ['env'],
}

export function commandsOf(program: CommandUnknownOpts): CommandUnknownOpts[] {
  return program.createHelp().visibleCommands(program)
}

export function optionsOf(command: CommandUnknownOpts): Option[] {
  return command.createHelp().visibleOptions(command)
}

/** How an option is spelled: `-X` and `--method`. */
export function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined)
}

/** The name of an option's value, such as `file`; `null` if it takes none. */
export function valueName({ required, flags }: Option): string | null {
  return required ? flags.slice(flags.indexOf('<') + 1, -1) : null
}

export function suggestionsOf({ long = '', argChoices }: Option): readonly string[] {
  return argChoices ?? suggested[long] ?? []
}

/** Possible operands of a command; `null` if they are file names. */
export function operandsOf(command: CommandUnknownOpts): readonly string[] | null {
  const [operand] = command.registeredArguments
  if (operand?.name().includes('file')) return null
  if (command.name() !== 'help') return operand?.argChoices ?? []
  return command.parent?.commands.map((each) => each.name()) ?? []
}
