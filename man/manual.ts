import { environment, examples, exitStatuses, type Note } from '../lib/cli/notes.ts'
import type { CommandOutline, OptionOutline } from '../lib/cli/outline.ts'

/** The manual page of a program, in roff, as man(7) has it. */
export function manualOf(program: CommandOutline, commands: readonly CommandOutline[]): string {
  const lines = [
    `.\\" Written by 'npm run man' from what --help is made from.`,
    `.TH ${program.name.toUpperCase()} 1 "" "${program.name}" "User Commands"`,
    '.SH NAME',
    `${escaped(program.name)} \\- upload over HTTP, and ask before the content is sent`,
    '.SH SYNOPSIS',
    ...paragraphs(commands.map((command) => synopsisOf(program, command))),
    '.SH DESCRIPTION',
    text(
      `${program.description} A large upload goes out with 'Expect: 100-continue', and its content is held back until the origin says go, or until a short wait is over. When the origin says no, it says so before the first byte of content.`,
    ),
    ...commands.flatMap(sectionOf),
    '.SH ENVIRONMENT',
    ...environment.flatMap(noteOf),
    '.SH EXIT STATUS',
    ...exitStatuses.flatMap(noteOf),
    '.SH EXAMPLES',
    ...paragraphs(examples.map(exampleOf)),
    '.SH SEE ALSO',
    'curl(1)',
    '.br',
    text('RFC 9110, section 10.1.1'),
  ]
  return `${lines.join('\n')}\n`
}

function synopsisOf(program: CommandOutline, { name, usage }: CommandOutline): string[] {
  return [`.B ${escaped(`${program.name} ${name}`)}`, text(usage)]
}

function sectionOf({ name, description, options }: CommandOutline): string[] {
  const title = `.SH THE COMMAND ${name.toUpperCase()}`
  return [title, text(description), ...options.flatMap(optionOf)]
}

function optionOf({ short, long, value, choices, description, preset }: OptionOutline): string[] {
  const flags = [short, long]
    .filter((flag) => flag !== null)
    .map((flag) => `\\fB${escaped(flag)}\\fR`)
  const argument = value === null ? '' : ` \\fI${escaped(value)}\\fR`
  const more = [
    ...(choices.length > 0 ? [`one of ${choices.join(', ')}`] : []),
    ...(preset === null ? [] : [`${preset} by default`]),
  ]
  const remark = more.length > 0 ? ` (${more.join('; ')})` : ''
  return ['.TP', flags.join(', ') + argument, text(`${sentence(description)}${remark}.`)]
}

function noteOf([term, meaning]: Note): string[] {
  return ['.TP', `.B ${escaped(term)}`, text(`${sentence(meaning)}.`)]
}

function exampleOf([command, meaning]: Note): string[] {
  return [text(meaning), '.PP', '.RS 4', '.nf', text(command), '.fi', '.RE']
}

function paragraphs(blocks: readonly (readonly string[])[]): string[] {
  return blocks.flatMap((block, at) => (at === 0 ? block : ['.PP', ...block]))
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A line of text that is no request, whatever it begins with. */
function text(line: string): string {
  return escaped(line).replace(/^[.']/, '\\&$&')
}

function escaped(words: string): string {
  return words.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq')
}
