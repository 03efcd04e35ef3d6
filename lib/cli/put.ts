import { type Command, Option } from '@commander-js/extra-typings'
import { UsageError } from './command.ts'
import { connectionOptions, createAgent } from './connection.ts'
import { findCredentials } from './credentials.ts'
import { bytes, count, headerField, method, positive, timelineFile, wait } from './flag.ts'
import { Results } from './results.ts'
import type { Session } from './session.ts'
import { type Target, targetsOf } from './target.ts'
import { Uploads } from './uploads.ts'

/** The command `put`: uploads files, or what comes on standard input. */
export function put(program: Command, session: Session): void {
  const { proxy, cacert, cert, key, http2, noHttp2 } = connectionOptions
  program
    .command('put')
    .usage('[options] <file...> <url>')
    .summary('upload files, or what comes on standard input')
    .description(
      "Uploads a file, or with '-' what comes on standard input, to a URL. To a URL that ends in '/', a collection, the file's name is added; it takes several files, too. Prints what the origin answers.",
    )
    .argument('<file-and-url...>', 'the files, and last the URL')
    .option('-X, --method <method>', 'the method', method, 'PUT')
    .option('-H, --header <field>', "a header field, 'name: value'; can be repeated", headerField)
    .addOption(
      new Option(
        '--expect <mode>',
        "whether to ask before the content is sent: 'auto' asks when it is large or of unknown size",
      )
        .choices(['auto', 'always', 'never'])
        .default('auto' as const),
    )
    .option('--threshold <bytes>', "the size that 'auto' asks from, such as 64k", bytes, 1_048_576)
    .option(
      '--continue-timeout <ms>',
      "milliseconds the content is held back, or 'adaptive' for as long as the origin needed before",
      wait,
      1000,
    )
    .option('--retry <count>', 'attempts after a failure that may pass', count, 0)
    .option('--concurrency <count>', 'how many files are uploaded at a time', positive, 4)
    .addOption(
      new Option('--basic <user>', 'user[:password] for Basic, which is sent at once').conflicts([
        'digest',
        'bearer',
      ]),
    )
    .addOption(
      new Option('--digest <user>', 'user[:password] for Digest, when the origin asks').conflicts(
        'bearer',
      ),
    )
    .option('--bearer', 'send a token (RFC 6750)')
    .addOption(proxy)
    .addOption(cacert)
    .addOption(cert)
    .addOption(key)
    .addOption(http2)
    .addOption(noHttp2)
    .addOption(
      new Option('--checksum <algorithm>', 'print the checksum of what was sent').choices([
        'sha256',
      ]),
    )
    .option(
      '--checksum-header <name>',
      'send the sha256 of the file in this header field: in hex, or as RFC 9530 has it in Content-Digest and Repr-Digest',
      method,
    )
    .option('--fail-with-body', 'print what the origin answers when it refuses, too')
    .option(
      '--timeline <file>',
      "draw what became of the upload: into an .svg file, or with '-' as text on standard error",
      timelineFile,
    )
    .option('--json', 'print reports in place of responses: a line of JSON for each file')
    .option('-q, --quiet', 'talk of failures alone')
    .option('-v, --verbose', 'tell what goes over the wire; uploads are made one at a time')
    .action(async (operands, options) => {
      const { header = [], json = false, failWithBody = false, checksum, checksumHeader } = options
      const targets = targetsOf(operands)
      if (checksumHeader !== undefined) refuseStreams(targets)
      const { timeline } = options
      if (timeline?.endsWith('.svg') && targets.length > 1) {
        throw new UsageError(
          '--timeline draws one upload into a file; write - to have several drawn as text',
        )
      }
      const credentials = await findCredentials(options, header, session)
      const dispatcher = createAgent(options, session.terminal)
      const results = new Results(session.terminal.stdout, {
        json,
        failWithBody,
        checksum: checksum !== undefined,
        separate: targets.length > 1,
      })
      const { expect, threshold, continueTimeout, retry } = options
      const uploads = new Uploads(session, results, {
        options: {
          method: options.method,
          headers: [...header, ...credentials.fields],
          expect,
          threshold,
          continueTimeout,
          retry,
          authenticate: credentials.authenticate,
          dispatcher,
        },
        checksum: { wanted: checksum !== undefined, header: checksumHeader },
        concurrency: options.concurrency,
        timeline,
        verbose: options.verbose ?? false,
        quiet: options.quiet ?? false,
      })
      try {
        session.exit((await uploads.make(targets)) ? 0 : 1)
      } finally {
        await dispatcher.destroy()
      }
    })
}

/** A checksum that goes out before the content needs content that can be read before. */
function refuseStreams(targets: readonly Target[]): void {
  const stream = targets.find(({ regular }) => !regular)
  if (stream === undefined) return
  const { file } = stream
  const what = file === '-' ? 'standard input' : `'${file}'`
  throw new UsageError(`--checksum-header needs a file that can be read twice, not ${what}`)
}
