import type { CommandOutline, OptionOutline } from './outline.ts'

/** A script that completes the program's words in fish. */
export function fishCompletion(
  program: CommandOutline,
  commands: readonly CommandOutline[],
): string {
  const complete = `complete -c ${program.name}`
  const none = '__fish_use_subcommand'
  const lines = [
    `# fish completion for ${program.name}`,
    `${complete} -f`,
    ...program.options.map((option) => `${complete} -n ${none} ${optionFlags(option)}`),
    ...commands.map(
      ({ name, summary }) => `${complete} -n ${none} -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap(({ name, options, operand }) => {
      const seen = `${complete} -n '__fish_seen_subcommand_from ${name}'`
      return [
        ...options.map((option) => `${seen} ${optionFlags(option)}`),
        ...(operand?.takesFiles ? [`${seen} -F`] : []),
        ...(operand?.choices.length ? [`${seen} -a ${quoted(operand.choices.join(' '))}`] : []),
      ]
    }),
  ]
  return `${lines.join('\n')}\n`
}

function optionFlags({ short, long, value, choices, description }: OptionOutline): string {
  return [
    `-l ${long.slice(2)}`,
    ...(short === null ? [] : [`-s ${short.slice(1)}`]),
    ...(value === null ? [] : [value === 'file' ? '-r -F' : '-x']),
    ...(choices.length > 0 ? [`-a ${quoted(choices.join(' '))}`] : []),
    `-d ${quoted(description)}`,
  ].join(' ')
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
