import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings'

/** What there is to know of a command for those who describe it. */
export interface CommandOutline {
  readonly name: string
  /** How it is called, after its name. */
  readonly usage: string
  readonly summary: string
  readonly description: string
  readonly options: readonly OptionOutline[]
  readonly operand: OperandOutline | null
}

/** An option. */
export interface OptionOutline {
  /** `-X` */
  readonly short: string | null
  /** `--method` */
  readonly long: string
  /** What its value is called, such as `file`; `null` where it takes none. */
  readonly value: string | null
  readonly choices: readonly string[]
  readonly description: string
  /** The value that it has when it is not given, where there is one. */
  readonly preset: string | null
  /** Whether its description says that it can be repeated. */
  readonly repeats: boolean
}

/** What a command takes beside its options. */
export interface OperandOutline {
  readonly takesFiles: boolean
  readonly choices: readonly string[]
}

/** The commands of a program. */
export function outlinesOf(program: CommandUnknownOpts): CommandOutline[] {
  return program.createHelp().visibleCommands(program).map(outlineOf)
}

/** A command, or the program itself. */
export function outlineOf(command: CommandUnknownOpts): CommandOutline {
  const [operand = null] = command.registeredArguments
  return {
    name: command.name(),
    usage: command.usage(),
    summary: command.summary(),
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(optionOutline),
    operand: operand && {
      takesFiles: /file/.test(operand.name()),
      choices: operand.argChoices ?? [],
    },
  }
}

function optionOutline(option: Option): OptionOutline {
  const { short = null, long = '', flags, required, argChoices, description } = option
  const preset: unknown = option.defaultValue
  return {
    short,
    long,
    value: required ? flags.slice(flags.indexOf('<') + 1, -1) : null,
    choices: argChoices ?? [],
    description,
    preset: preset === undefined ? null : String(preset),
    repeats: /can be repeated/.test(description),
  }
}
