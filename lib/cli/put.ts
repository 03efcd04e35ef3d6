import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from '@commander-js/extra-typings'
import type { ExpectAgent } from '../index.ts'
import { createAgent, withConnection } from './connection.ts'
import { findCredentials } from './credentials.ts'
import { RateLimit } from './delivery.ts'
import * as flag from './flag.ts'
import { Results } from './results.ts'
import { Screen } from './screen.ts'
import { paintFor, type Session, UsageError } from './session.ts'
import { type Target, targetsOf } from './target.ts'
import { Uploads } from './uploads.ts'

const help = {
  header: "a header field, 'name: value'; can be repeated",
  threshold: "the size that 'auto' asks from, such as 64k",
  timeout: 'how long an upload may take, also written as 500ms or 2m; 0 for any time',
  dryRun:
    'ask about all files, and send none; a server (Tomcat, for one) may write an empty file as soon as it is asked, in place of what is there',
  recursive:
    "upload folders with all that is in them, which keeps its place; the folder's own name is kept, too, unless a '/' stands behind it",
  expect: "whether to ask before the body is sent: 'auto' asks when it is large or of unknown size",
  skipExisting:
    'upload only what is not there (If-None-Match: *), and ask about each file first: a 412 then costs no body, and is no failure; a server that takes no conditions (nginx) overwrites all the same',
  limitRate: 'bytes a second at most, such as 500k, of all files together; 0 for any',
  retry:
    'attempts after a failure that may pass; with --resume attempts in a row that send nothing new, for which 0 means 5',
  resume:
    "go on with an upload that was interrupted, where the server supports it (draft-ietf-httpbis-resumable-upload): in this run, and for a file also in the next one, after the command was killed. '.<file>.<digits>.upload.json' beside the file keeps the upload's place until it is complete; the digits stand for the method and the URL",
  replayWindow:
    'bytes of standard input or a pipe that are kept in memory for --resume, until the server has them; an upload cannot be resumed from further back',
  continueTimeout:
    "milliseconds the body is held back, or 'adaptive' for as long as the server needed before",
  checksum: 'print the checksum of what was sent',
  checksumHeader:
    'send the sha256 of the file in this header field: in hex, or as RFC 9530 has it in Content-Digest and Repr-Digest',
  failWithBody: 'print what the server answers when it refuses, too',
  timeline:
    "draw what became of the upload: into an .svg file, or with '-' as text on standard error",
  color: 'colour messages; auto does not where NO_COLOR is set',
}

const modes = ['auto', 'always', 'never'] as const
const stallTimeout = new Option('--stall-timeout <seconds>', 'how long the server may read nothing')
  .argParser(flag.seconds)
  .default(300_000, '300')

/** The command `put`: uploads files, or standard input. */
export function put(program: Command, session: Session): void {
  const { terminal } = session
  const command = program
    .command('put')
    .usage('[options] <file...> <url>')
    .summary('upload files, or what comes on standard input')
    .description(
      "Uploads a file, or with '-' what comes on standard input, to a URL. To a URL that ends in '/', a collection, the file's name is added; it takes several files, too, and folders with -r. Prints what the server answers. A server that refuses content of unknown length (411, or 501) takes a file, or standard input with a Content-Length header.",
    )
    .argument('[file-and-url...]')
    .optionsGroup('Options:')
    .option('-X, --method <method>', 'the method', flag.token, 'PUT')
    .option('-H, --header <field>', help.header, flag.headerField)
    .option('-T, --upload-file <file>', 'one more file to upload; can be repeated', flag.collected)
    .option('-r, --recursive', help.recursive)
    .addOption(new Option('--expect <mode>', help.expect).choices(modes).default('auto'))
    .option('--threshold <bytes>', help.threshold, flag.bytes, 1_048_576)
    .option('--dry-run', help.dryRun)
    .addOption(new Option('--skip-existing', help.skipExisting).implies({ threshold: 1 }))
    .option('--retry <count>', help.retry, flag.count, 0)
    .option('--resume', help.resume)
    .option('--replay-window <bytes>', help.replayWindow, flag.bytes, 67_108_864)
    .option('--no-follow', 'do not follow redirects')
    .option('--max-redirects <count>', 'how many redirects are followed', flag.count, 5)
    .option('--concurrency <count>', 'how many files are uploaded at a time', flag.positive, 4)
    .option('--limit-rate <bytes>', help.limitRate, flag.bytes, 0)
    .option('--continue-timeout <ms>', help.continueTimeout, flag.wait, 1000)
    .addOption(stallTimeout)
    .option('-m, --timeout <seconds>', help.timeout, flag.seconds, 0)
    .addOption(new Option('--checksum <algorithm>', help.checksum).choices(['sha256']))
    .option('--checksum-header <name>', help.checksumHeader, flag.token)
    .optionsGroup('Output:')
    .option('-o, --output <file>', 'print what the server answers into a file')
    .option('-i, --include', "print the head of the server's response, too")
    .option('-f, --fail', 'print no response that refuses, as is the default')
    .addOption(new Option('--fail-with-body', help.failWithBody).conflicts('fail'))
    .option('--json', 'print reports in place of responses: a line of JSON for each file')
    .option('--timeline <file>', help.timeline, flag.timelineFile)
    .option('-q, --quiet', 'print errors only')
    .option('-v, --verbose', 'tell what goes over the wire; uploads are made one at a time')
    .option('--progress', 'show progress, also where standard error is no terminal')
    .option('--no-progress', 'show no progress')
    .addOption(new Option('--color <when>', help.color).choices(modes).default('auto'))
  withConnection(command).action(async (operands, options) => {
    const { header = [], timeline, limitRate } = options
    const { stderr, stdout } = terminal
    const targets = targetsOf([...(options.uploadFile ?? []), ...operands], {
      recursive: options.recursive ?? false,
      onLeftOut: (message) => stderr.write(`expect-continue: ${message}\n`),
    })
    if (options.checksumHeader !== undefined) refuseStreams(targets)
    if (timeline?.endsWith('.svg') && targets.length > 1) {
      throw new UsageError("--timeline draws one upload into a file; '-' draws several as text")
    }
    const { fields, authenticate } = await findCredentials(options, header, session)
    const condition: [string, string][] = options.skipExisting ? [['if-none-match', '*']] : []
    const dispatcher = createAgent(options)
    const screen = new Screen(stderr, {
      progress: options.progress ?? (stderr.isTTY === true && !options.quiet),
      paint: paintFor(options.color, terminal),
      sizes: targets.map(({ size }) => size),
    })
    const results = new Results(stdout, options, targets.length)
    const uploads = new Uploads(session, results, screen, {
      ...options,
      limit: limitRate > 0 ? new RateLimit(limitRate) : null,
      request: {
        method: options.method,
        headers: [...header, ...condition, ...fields],
        expect: options.expect,
        threshold: options.threshold,
        continueTimeout: options.continueTimeout,
        retry: options.retry,
        redirect: options.follow ? 'follow' : 'manual',
        maxRedirections: options.maxRedirects,
        timeouts: { total: options.timeout, stall: options.stallTimeout },
        authenticate,
        dispatcher,
      },
    })
    try {
      session.exit((await uploads.make(targets)) ? 0 : 1)
    } finally {
      if (options.resume) await closed(dispatcher)
      await dispatcher.destroy()
    }
  })
}

/** Waits for a moment for the request that deletes an upload that was cancelled at the server. */
async function closed(dispatcher: ExpectAgent): Promise<void> {
  const inTime = new AbortController()
  const late = sleep(1000, undefined, { signal: inTime.signal }).catch(() => {})
  await Promise.race([dispatcher.close(), late])
  inTime.abort()
}

/** A checksum in a header field needs content that can be read twice, which standard input cannot. */
function refuseStreams(targets: readonly Target[]): void {
  const { file } = targets.find(({ size }) => size === null) ?? {}
  if (file === undefined) return
  const what = file === '-' ? 'standard input' : `'${file}'`
  throw new UsageError(`--checksum-header needs a file that can be read twice, not ${what}`)
}
