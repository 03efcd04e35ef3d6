import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings'

/** What values may be whose options have no choices. */
const suggested: Readonly<Record<string, readonly string[]>> = {
  '--method': ['PUT', 'POST', 'PATCH'],
  '--mode': ['go', 'silent', 'reset', '307', '401', '413', '417', '503'],
  '--continue-timeout': ['adaptive'],
  '--proxy': ['env'],
}

/** The commands of a program, as its help lists them. */
export function commandsOf(program: CommandUnknownOpts): CommandUnknownOpts[] {
  return program.createHelp().visibleCommands(program)
}

/** The options of a command, as its help lists them. */
export function optionsOf(command: CommandUnknownOpts): Option[] {
  return command.createHelp().visibleOptions(command)
}

/** How an option is spelled: `-X` and `--method`. */
export function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined)
}

/** What the value of an option is called, such as `file`; `null` where it takes none. */
export function valueName({ required, flags }: Option): string | null {
  return required ? flags.slice(flags.indexOf('<') + 1, -1) : null
}

/** The value that an option has when it is not given, where there is one. */
export function presetOf(option: Option): string | null {
  const preset: unknown = option.defaultValueDescription ?? option.defaultValue
  return option.required && preset !== undefined ? String(preset) : null
}

/** Words that the value of an option may be. */
export function suggestionsOf({ long = '', argChoices }: Option): readonly string[] {
  return argChoices ?? suggested[long] ?? []
}

/** Words that a command takes beside its options; `null` where these are names of files. */
export function operandsOf(command: CommandUnknownOpts): readonly string[] | null {
  const [operand] = command.registeredArguments
  if (operand?.name().includes('file')) return null
  if (command.name() !== 'help') return operand?.argChoices ?? []
  return command.parent?.commands.map((each) => each.name()) ?? []
}
