import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { UsageError } from './command.ts'
import type { Session } from './session.ts'

/**
 * Finds a secret: in the environment, or else by asking whoever sits at the terminal, without
 * showing what is typed.
 *
 * @param name the variable of the environment.
 * @param question what is asked, such as `Password of anna`.
 * @throws UsageError where there is nobody to ask.
 */
export async function findSecret(
  { terminal, signal, cancel }: Session,
  name: string,
  question: string,
): Promise<string> {
  const given = terminal.env[name]
  if (given !== undefined) return given
  const { stdin, stderr } = terminal
  if (stdin.isTTY !== true) throw new UsageError(`there is no terminal to ask at; set ${name}`)
  stderr.write(`${question}: `)
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output, terminal: true })
  // The keyboard is in raw mode, so that nobody else hears of Ctrl-C; Ctrl-D closes.
  lines.on('SIGINT', cancel).on('close', cancel)
  try {
    return await lines.question('', { signal })
  } finally {
    lines.off('close', cancel).close()
    stderr.write('\n')
  }
}

/** Says that other users of the machine can read a password in the arguments. */
export function warnOfPassword(stderr: Writable, flag: string, instead: string): void {
  stderr.write(`expect-continue: the password of ${flag} is there for all to see; ${instead}\n`)
}
