import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { environment, exitStatuses, type Note } from '../lib/cli/notes.ts'
import { commandsOf, flagsOf, optionsOf, presetOf, valueName } from '../lib/cli/outline.ts'

const examples: readonly Note[] = [
  [
    'expect-continue put video.h264 https://uploads.example/videos/1',
    'Upload a file, unless the server says no before its body.',
  ],
  [
    'expect-continue put *.h264 https://uploads.example/videos/ -u anna',
    'Upload many files to a collection, as anna, whose password is asked for.',
  ],
  [
    'expect-continue put -r photos https://uploads.example/ --skip-existing',
    'Upload a folder with all that is in it, but for what is there already.',
  ],
  [
    'tar c photos | expect-continue put - https://uploads.example/photos.tar --json',
    'Upload what another program writes, and print a report of it.',
  ],
  [
    'expect-continue put film.mkv https://uploads.example/films/ --resume',
    'Upload a file, and go on with it after an interruption, or when the command was killed.',
  ],
  [
    'expect-continue put film.mkv https://uploads.example/films/ --dry-run',
    'Ask whether the server would take a file, without sending it.',
  ],
  [
    'expect-continue probe https://uploads.example/videos/none --size 5G',
    'Find out what the server does when it is asked about 5 GiB.',
  ],
  [
    'expect-continue serve --mode 413 --port 8080',
    'Be a server that refuses everything, to try things with.',
  ],
]

/** The manual page of a program, in roff (man(7)). */
export function manualOf(program: CommandUnknownOpts): string {
  const name = program.name()
  const commands = commandsOf(program)
  const lines = [
    `.\\" Written by 'npm run man' from what --help is made from.`,
    `.TH ${name.toUpperCase()} 1 "" "${name}" "User Commands"`,
    '.SH NAME',
    `${escaped(name)} \\- upload over HTTP, and ask before the body is sent`,
    '.SH SYNOPSIS',
    ...paragraphs(commands.map((command) => synopsisOf(name, command))),
    '.SH DESCRIPTION',
    text(
      `${program.description()} A large upload goes out with 'Expect: 100-continue', and its body is held back until the server says go, or until a short wait is over. When the server says no, it says so before the first byte of the body.`,
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
