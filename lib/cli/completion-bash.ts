import type { CommandOutline, OptionOutline } from './outline.ts'

/** A script that completes the program's words in bash, from 3.2 up. */
export function bashCompletion(
  program: CommandOutline,
  commands: readonly CommandOutline[],
): string {
  const names = commands.map(({ name }) => name)
  return `# bash completion for ${program.name}
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
${commands.flatMap(valueCases).join('\n')}
  esac
  case $command in
    '') words='${[...names, ...flagsOf(program.options)].join(' ')}' ;;
${commands.map(wordCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _expect_continue ${program.name}
`
}

/** What may follow options that take a value; bash itself goes on to names of files. */
function valueCases({ name, options }: CommandOutline): string[] {
  const patterns = (chosen: readonly OptionOutline[]): string =>
    flagsOf(chosen)
      .map((flag) => `'${name} ${flag}'`)
      .join('|')
  const takers = options.filter(({ value }) => value !== null)
  const choosing = takers.filter(({ choices }) => choices.length > 0)
  const files = takers.filter(({ value }) => value === 'file')
  const others = takers.filter((option) => !choosing.includes(option) && !files.includes(option))
  return [
    ...choosing.map(
      (option) =>
        `    ${patterns([option])}) COMPREPLY=($(compgen -W '${option.choices.join(' ')}' -- "$cur")); return ;;`,
    ),
    ...(files.length > 0 ? [`    ${patterns(files)}) return ;;`] : []),
    ...(others.length > 0
      ? [`    ${patterns(others)}) compopt +o default 2>/dev/null; return ;;`]
      : []),
  ]
}

function wordCase({ name, options, operand }: CommandOutline): string {
  const words = [...(operand?.choices ?? []), ...flagsOf(options)]
  // Without words, bash goes on to names of files.
  const when = operand?.takesFiles ? '[[ $cur != -* ]] || ' : ''
  return `    ${name}) ${when}words='${words.join(' ')}' ;;`
}

function flagsOf(options: readonly OptionOutline[]): string[] {
  return options.flatMap(({ short, long }) => (short === null ? [long] : [short, long]))
}
