import { main } from '../../lib/cli/main.ts'
import { closeLater } from './closing.ts'
import { FakeTerminal } from './terminal.ts'

/** The command `serve` while it runs. */
interface Served {
  readonly url: string
  readonly terminal: FakeTerminal
  /** Ctrl-C; answers the exit status. */
  stop(): Promise<number>
}

/** Runs it until the spec is over. */
export async function served(...args: string[]): Promise<Served> {
  const terminal = new FakeTerminal()
  const status = main(['serve', '--port', '0', ...args], terminal)
  const stop = (): Promise<number> => {
    terminal.emit('SIGINT')
    return status
  }
  closeLater(stop)
  await terminal.stderr.until(/listening on .*\n/)
  const [, url = ''] = /listening on (\S+),/.exec(terminal.err) ?? []
  return { url, terminal, stop }
}
