import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { environment, exitStatuses, type Note } from '../lib/cli/help.ts'
import { commandsOf, flagsOf, optionsOf, valueName } from '../lib/cli/outline.ts'

const examples: readonly Note[] = [
  [
    'expect-continue put video.h264 https://uploads.example/videos/1',
    'Upload a file, unless the server refuses it before the body.',
  ],
  [
    'expect-continue put *.h264 https://uploads.example/videos/ -u anna',
    'Upload many files to a collection as the user anna, and ask for the password.',
  ],
  [
    'expect-continue put -r photos https://uploads.example/ --skip-existing',
    'Upload a folder with all its files, except those that the server already has.',
  ],
  [
    'tar c photos | expect-continue put - https://uploads.example/photos.tar --json',
    'Upload the output of another program, and print a report.',
  ],
  [
    'expect-continue put film.mkv https://uploads.example/films/ --resume',
    'Upload a file, and resume it after an interruption, also when the command was killed.',
  ],
  [
    'expect-continue put film.mkv https://uploads.example/films/ --dry-run',
    'Ask whether the server would accept a file, without sending it.',
  ],
  [
    'expect-continue probe https://uploads.example/videos/none --size 5G',
    'Find out what the server does with an expectation for 5 GiB.',
  ],
  [
    'expect-continue serve --mode 413 --port 8080',
    'Start a server for tests that refuses every upload.',
  ],
]

/** The manual page of a program, in roff (man(7)). */
export function manualOf(program: CommandUnknownOpts): string {
  const name = program.name()
  const commands = commandsOf(program)
  const lines = [
    `.\\" Written by 'npm run man' from the same source as --help.`,
    `.TH ${name.toUpperCase()} 1 "" "${name}" "User Commands"`,
    '.SH NAME',
    `${escaped(name)} \\- upload over HTTP, and ask before the body is sent`,
    '.SH SYNOPSIS',
    ...paragraphs(commands.map((command) => synopsisOf(name, command))),
    '.SH DESCRIPTION',
    text(
      `${program.description()} A large upload is sent with 'Expect: 100-continue', and its body waits until the server answers 100, or until a short wait is over. If the server refuses the upload during the wait, no byte of the body is sent.`,
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

function synopsisOf(program: string, command: CommandUnknownOpts): string[] {
  return [`.B ${escaped(`${program} ${command.name()}`)}`, text(command.usage())]
}

/** A command with its options, in the groups of its help. */
function sectionOf(command: CommandUnknownOpts): string[] {
  const title = `.SH THE COMMAND ${command.name().toUpperCase()}`
  const options = optionsOf(command)
  const groups = [...new Set(options.map(groupOf))].map((group) => {
    const own = options.filter((option) => groupOf(option) === group)
    return [...(group === mainGroup ? [] : [`.SS ${group}`]), ...own.flatMap(optionOf)]
  })
  return [title, text(sentence(command.description())), ...groups.flat()]
}

const mainGroup = 'Options'

function groupOf({ helpGroupHeading = mainGroup }: Option): string {
  return helpGroupHeading.replace(/:$/, '')
}

function optionOf(option: Option): string[] {
  const value = valueName(option)
  const preset = presetOf(option)
  const flags = flagsOf(option).map((flag) => `\\fB${escaped(flag)}\\fR`)
  const argument = value === null ? '' : ` \\fI${escaped(value)}\\fR`
  const more = [
    ...(option.argChoices ? [`one of ${option.argChoices.join(', ')}`] : []),
    ...(preset === null ? [] : [`${preset} by default`]),
  ]
  const remark = more.length > 0 ? ` (${more.join('; ')})` : ''
  return ['.TP', flags.join(', ') + argument, text(`${sentence(option.description)}${remark}.`)]
}

function presetOf(option: Option): string | null {
  const preset: unknown = option.defaultValueDescription ?? option.defaultValue
  return option.required && preset !== undefined ? String(preset) : null
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

/** A line of text, escaped so that roff does not take it for a request. */
function text(line: string): string {
  return escaped(line).replace(/^[.']/, '\\&$&')
}

function escaped(words: string): string {
  return words.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq')
}
