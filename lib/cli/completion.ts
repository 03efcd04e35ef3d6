import {
  Argument,
  type Command,
  type CommandUnknownOpts,
  type Option,
} from '@commander-js/extra-typings'
import { commandsOf, flagsOf, operandsOf, optionsOf, suggestionsOf, valueName } from './outline.ts'
import { type Session, written } from './session.ts'

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

export function completion(program: Command, { terminal }: Session): void {
  program
    .command('completion')
    .summary('print completions for a shell')
    .description(
      "Prints what teaches a shell to complete the words of this program. Put 'eval \"$(expect-continue completion bash)\"' into ~/.bashrc, the same with zsh into ~/.zshrc, or 'expect-continue completion fish | source' into ~/.config/fish/config.fish.",
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action((shell) => written(terminal.stdout, shells[shell](program)))
}

/** A script for bash 3.2 and later. */
function bashCompletion(program: Command): string {
  const commands = commandsOf(program)
  const names = commands.map((command) => command.name())
  return `# bash completion for ${program.name()}
_expect_continue() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= words= word
  # '=' is a word of its own here.
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${names.join('|')}) command=$word; break ;;
    esac
  done
  case "$command $prev" in
${commands.flatMap(bashValues).join('\n')}
  esac
  case $command in
    '') words='${[...names, ...optionsOf(program).flatMap(flagsOf)].join(' ')}' ;;
${commands.map(bashWords).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _expect_continue ${program.name()}
`
}

/** The values of an option; where there are none, bash completes file names. */
function bashValues(command: CommandUnknownOpts): string[] {
  return optionsOf(command).flatMap((option) => {
    const value = valueName(option)
    if (value === null) return []
    const patterns = flagsOf(option).map((flag) => `'${command.name()} ${flag}'`)
    const suggestions = suggestionsOf(option)
    const words = `COMPREPLY=($(compgen -W '${suggestions.join(' ')}' -- "$cur")); `
    const noFiles = isFile(value) ? '' : 'compopt +o default 2>/dev/null; '
    return [`    ${patterns.join('|')}) ${suggestions.length > 0 ? words : ''}${noFiles}return ;;`]
  })
}

function bashWords(command: CommandUnknownOpts): string {
  const operands = operandsOf(command)
  const words = [...(operands ?? []), ...optionsOf(command).flatMap(flagsOf)]
  // Without words, bash completes file names.
  const when = operands === null ? '[[ $cur != -* ]] || ' : ''
  return `    ${command.name()}) ${when}words='${words.join(' ')}' ;;`
}

function zshCompletion(program: Command): string {
  const commands = commandsOf(program)
  const names = commands.map((each) => `        ${zshQuoted(`${each.name()}:${summaryOf(each)}`)}`)
  return `#compdef ${program.name()}
_expect_continue() {
  local curcontext=$curcontext state line ret=1
  typeset -A opt_args
  _arguments -C ${optionsOf(program).map(zshOption).join(' ')} '1: :->command' '*:: :->operands' && ret=0
  case $state in
    command)
      local -a commands=(
${names.join('\n')}
      )
      _describe command commands && ret=0 ;;
    operands)
      case $words[1] in
${commands.map(zshCommand).join('\n')}
      esac ;;
  esac
  return ret
}
if [[ $funcstack[1] == _expect_continue ]]; then
  _expect_continue "$@"
else
  compdef _expect_continue ${program.name()}
fi
`
}

function zshCommand(command: CommandUnknownOpts): string {
  const operands = operandsOf(command)
  const words = operands?.length === 0 ? [] : [`'1: :(${operands?.join(' ')})'`]
  const specs = operands === null ? ["'*:file:_files'"] : words
  const lines = [...optionsOf(command).map(zshOption), ...specs].map((spec) => `          ${spec}`)
  return `        ${command.name()}) _arguments \\\n${lines.join(' \\\n')} && ret=0 ;;`
}

/** The value of a long option may also follow `=`. */
function zshOption(option: Option): string {
  const value = valueName(option)
  const spelled = flagsOf(option)
  const flags = spelled.map((flag) => (value && flag === option.long ? `${flag}=` : flag))
  const files = value === 'folder' ? '_files -/' : '_files'
  const suggestions = suggestionsOf(option)
  const values = suggestions.length > 0 ? `(${suggestions.join(' ')})` : ' '
  const argument = value === null ? '' : `:${value}:${isFile(value) ? files : values}`
  const text = zshQuoted(`[${option.description.replace(/[[\]\\:]/g, '\\$&')}]${argument}`)
  const excluded = option.description.includes('can be repeated') ? '*' : `(${spelled.join(' ')})`
  return flags.map((flag) => `'${excluded}${flag}'${text}`).join(' ')
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function fishCompletion(program: Command): string {
  const complete = `complete -c ${program.name()}`
  const first = `${complete} -n __fish_use_subcommand`
  const lines = [
    `# fish completion for ${program.name()}`,
    `${complete} -f`,
    ...optionsOf(program).map((option) => `${first} ${fishOption(option)}`),
    ...commandsOf(program).flatMap((command) => {
      const seen = `${complete} -n '__fish_seen_subcommand_from ${command.name()}'`
      const operands = operandsOf(command)
      const words = operands?.length === 0 ? [] : [`${seen} -a ${fishQuoted(operands?.join(' '))}`]
      return [
        `${first} -a ${command.name()} -d ${fishQuoted(summaryOf(command))}`,
        ...optionsOf(command).map((option) => `${seen} ${fishOption(option)}`),
        ...(operands === null ? [`${seen} -F`] : words),
      ]
    }),
  ]
  return `${lines.join('\n')}\n`
}

function fishOption(option: Option): string {
  const value = valueName(option)
  const folders = ['(__fish_complete_directories)']
  const words = value === 'folder' ? folders : suggestionsOf(option)
  return [
    ...flagsOf(option).map((flag) => flag.replace(/^--/, '-l ').replace(/^-(?=.$)/, '-s ')),
    ...(value === null ? [] : [value === 'file' ? '-r -F' : '-x']),
    ...(words.length > 0 ? [`-a ${fishQuoted(words.join(' '))}`] : []),
    `-d ${fishQuoted(option.description)}`,
  ].join(' ')
}

function fishQuoted(text = ''): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}

function isFile(value: string): boolean {
  return value === 'file' || value === 'folder'
}

function summaryOf(command: CommandUnknownOpts): string {
  return command.summary() || command.description()
}
