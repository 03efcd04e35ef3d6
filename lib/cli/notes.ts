/** A term, and what it means. */
export type Note = readonly [term: string, meaning: string]

/** The variables of the environment that are heeded. */
export const environment: readonly Note[] = [
  [
    'EXPECT_CONTINUE_PASSWORD',
    'the password of --basic and --digest, which is asked for otherwise',
  ],
  ['EXPECT_CONTINUE_TOKEN', 'the token of --bearer, which is asked for otherwise'],
  ['HTTP_PROXY, HTTPS_PROXY, NO_PROXY', "the proxies, with '--proxy env' or NODE_USE_ENV_PROXY=1"],
]

/** What the exit status says. */
export const exitStatuses: readonly Note[] = [
  ['0', 'done: the origin accepted everything (2xx), or was probed'],
  ['1', 'the origin refused, or could not be reached, or something failed'],
  ['2', 'the command was called wrongly'],
  ['130', 'cancelled with Ctrl-C'],
]

/** The program at work. */
export const examples: readonly Note[] = [
  [
    'expect-continue put video.h264 https://uploads.example/videos/1',
    'Upload a file, unless the origin says no before its content.',
  ],
  [
    'expect-continue put *.h264 https://uploads.example/videos/ --digest anna',
    'Upload many files to a collection, as anna, whose password is asked for.',
  ],
  [
    'tar c photos | expect-continue put - https://uploads.example/photos.tar --json',
    'Upload what another program writes, and print a report of it.',
  ],
  [
    'expect-continue probe https://uploads.example/videos/none --size 5G',
    'Find out whether the origin would take 5 GiB, without sending any.',
  ],
  [
    'expect-continue serve --mode 413 --port 8080',
    'Be an origin that refuses all, to try things with.',
  ],
]

/** The notes as `--help` shows them. */
export function notesText(width: number): string {
  return [
    section('Environment', environment, width),
    section('Exit status', exitStatuses, width),
  ].join('\n')
}

function section(title: string, notes: readonly Note[], width: number): string {
  const column = Math.max(...notes.map(([term]) => term.length)) + 4
  const lines = notes.map(([term, meaning]) => {
    const [first = '', ...more] = wrapped(meaning, width - column)
    const rest = more.map((line) => ' '.repeat(column) + line)
    return [`  ${term}`.padEnd(column) + first, ...rest].join('\n')
  })
  return `\n${title}:\n${lines.join('\n')}`
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
