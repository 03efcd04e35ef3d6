import { type Command, Option } from '@commander-js/extra-typings'
import { fromFile, upload } from '../index.ts'
import { UsageError } from './command.ts'
import { bytes, headerField, httpUrl, method, wait } from './flag.ts'
import type { Session } from './session.ts'

/** The command `put`: uploads files, or what comes on standard input. */
export function put(program: Command, session: Session): void {
  program
    .command('put')
    .usage('[options] <file|-> <url>')
    .description('Upload a file, or with - what comes on standard input.')
    .argument('<file-and-url...>', 'a file, or - for standard input, and where it goes')
    .option('-X, --method <method>', 'the method', method, 'PUT')
    .option('-H, --header <field>', "a header field, 'name: value'; again for more", headerField)
    .addOption(new Option('--expect <mode>', 'whether to ask').choices(['auto', 'always', 'never']))
    .option('--threshold <bytes>', 'ask from this size on, 1048576 by default', bytes)
    .option('--continue-timeout <ms>', 'how long the content is held back', wait)
    .option('--json', 'print the report as JSON')
    .action(async ([file = '', url, ...rest], options) => {
      if (url === undefined) throw new UsageError('put needs a file and a URL')
      if (rest.length > 0) throw new UsageError(`unexpected '${rest[0]}'`)
      const { terminal, signal } = session
      const content = file === '-' ? terminal.stdin : fromFile(file)
      const { json = false, header = [], ...asking } = options
      const result = await upload(httpUrl(url), content, { ...asking, headers: header, signal })
      const { response, report } = result
      terminal.stderr.write(`${response.status} ${response.statusText}: ${report.outcome}\n`)
      terminal.stdout.write(
        json ? `${JSON.stringify(report)}\n` : new Uint8Array(await response.arrayBuffer()),
      )
      session.exit(response.ok ? 0 : 1)
    })
}
