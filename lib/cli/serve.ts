import { once } from 'node:events'
import type { Command } from '@commander-js/extra-typings'
import { startOrigin } from '../testing/index.ts'
import { count, portNumber } from './flag.ts'
import { Folder } from './serve/folder.ts'
import { jsonOf, lineOf } from './serve/line.ts'
import { modeFor, readMode, type ServeMode } from './serve/mode.ts'
import type { Session } from './session.ts'

const modeHelp = `go: answer 100; silent: answer nothing until the content came; reset: end the connection; or a status to refuse with (401 takes any credentials, 417 whoever does not ask)`
const defaultMode: ServeMode = 'go'

/** The command `serve`: an origin to try things with. */
export function serve(program: Command, session: Session): void {
  program
    .command('serve')
    .summary('be an origin to try things with')
    .description(
      'Takes uploads, or refuses them, until Ctrl-C, and prints a line for each request: its status, its method, whether it asked, the bytes of content that came, their sha256 (the beginning of it), and its path.',
    )
    .option('--mode <mode>', modeHelp, readMode, defaultMode)
    .option('--delay <ms>', 'how long it says nothing at first', count, 0)
    .option('--location <url>', 'where a 3xx leads to', '/elsewhere')
    .option('--store <folder>', 'store content there, by its path; without, it is discarded')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0 for one that is free', portNumber, 8080)
    .option('--json', 'print each request as a line of JSON')
    .action(async ({ mode, delay, location, store, host, port, json = false }) => {
      const { terminal, signal } = session
      const complain = ({ message }: Error): void => {
        terminal.stderr.write(`expect-continue: ${message}\n`)
      }
      const folder = store === undefined ? null : new Folder(store, complain)
      const print = json ? jsonOf : lineOf
      const origin = await startOrigin({
        mode: (seen) => folder?.refusal(seen) ?? modeFor(mode, location, seen),
        delay,
        host,
        port,
        record: false,
        onRequest: (seen) => terminal.stdout.write(`${print(seen)}\n`),
        store: (seen) => folder?.store(seen) ?? null,
      })
      terminal.stderr.write(`expect-continue: listening on ${origin.url}, mode ${mode}\n`)
      if (!signal.aborted) await once(signal, 'abort')
      await origin.close()
    })
}
