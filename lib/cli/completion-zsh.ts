import type { CommandOutline, OptionOutline } from './outline.ts'

/** A script that completes the program's words in zsh. */
export function zshCompletion(
  program: CommandOutline,
  commands: readonly CommandOutline[],
): string {
  return `#compdef ${program.name}
_expect_continue() {
  local curcontext=$curcontext state line ret=1
  typeset -A opt_args
  _arguments -C ${program.options.map(optionSpec).join(' ')} '1: :->command' '*:: :->operands' && ret=0
  case $state in
    command)
      local -a commands=(
${commands.map(({ name, summary }) => `        ${quoted(`${name}:${summary}`)}`).join('\n')}
      )
      _describe command commands && ret=0 ;;
    operands)
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac ;;
  esac
  return ret
}
if [[ $funcstack[1] == _expect_continue ]]; then
  _expect_continue "$@"
else
  compdef _expect_continue ${program.name}
fi
`
}

function commandCase({ name, options, operand }: CommandOutline): string {
  const specs = [...options.map(optionSpec), ...operandSpec(operand)]
  const lines = specs.map((spec) => `          ${spec}`).join(' \\\n')
  return `        ${name}) _arguments \\\n${lines} && ret=0 ;;`
}

/** A long option takes its value after `=`, too. */
function optionSpec({ short, long, value, choices, description, repeats }: OptionOutline): string {
  const spelled = short === null ? [long] : [short, long]
  const flags = spelled.map((flag) => (value !== null && flag === long ? `${flag}=` : flag))
  const argument = value === null ? '' : `:${value}:${valuesOf(value, choices)}`
  const text = quoted(`[${description.replace(/[[\]\\:]/g, '\\$&')}]${argument}`)
  if (repeats) return flags.map((flag) => `'*${flag}'${text}`).join(' ')
  return flags.map((flag) => `'(${spelled.join(' ')})${flag}'${text}`).join(' ')
}

function valuesOf(value: string, choices: readonly string[]): string {
  if (choices.length > 0) return `(${choices.join(' ')})`
  return value === 'file' ? '_files' : ' '
}

function operandSpec(operand: CommandOutline['operand']): string[] {
  if (operand === null) return []
  if (operand.choices.length > 0) return [`'1: :(${operand.choices.join(' ')})'`]
  return operand.takesFiles ? ["'*:file:_files'"] : []
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
