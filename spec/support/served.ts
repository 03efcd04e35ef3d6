import { main } from '../../lib/cli/main.ts'
import { closeLater } from './closing.ts'
import { FakeTerminal } from './terminal.ts'

interface Served {
  readonly url: string
  readonly terminal: FakeTerminal
  /** Sends SIGINT; resolves with the exit status. */
  stop(): Promise<number>
}

/** Runs the command until the spec ends. */
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
