import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from '@commander-js/extra-typings'
import type { ExpectAgent } from '../index.ts'
import { createAgent, withConnection } from './connection.ts'
import { findCredentials } from './credentials.ts'
import { rateLimit } from './file-upload.ts'
import * as flag from './flag.ts'
import { Results } from './results.ts'
import { Screen } from './screen.ts'
import { paintFor, type Session, UsageError } from './session.ts'
import { type Target, targetsOf } from './target.ts'
import { Uploads } from './uploads.ts'

const help = {
  header: "a header field, 'name: value'; can be repeated",
  threshold: "with 'auto', ask from this size on, such as 64k",
  timeout: 'the most time for an upload, also written as 500ms or 2m; 0 for no limit',
  dryRun:
    'ask about each file, but send none. Some servers (Tomcat) replace a file with an empty one as soon as they are asked',
  recursive:
    "upload folders with all their files. The URLs contain the folder's name, unless it ends in '/'",
  expect:
    "whether to ask before sending the body: 'auto' asks when it is large or its size is unknown",
  skipExisting:
    'upload only files that the server does not have (If-None-Match: *). Asks about each file first; a 412 costs no body and is not a failure. Servers that ignore conditions (nginx) overwrite the file',
  limitRate: 'the most bytes per second, such as 500k, of all files together; 0 for no limit',
  retry:
    'the most attempts after a temporary failure. With --resume, the most attempts in a row without progress, and 0 means 5',
  resume:
    "resume an interrupted upload, if the server supports it (draft-ietf-httpbis-resumable-upload). For a file, the same command also resumes it after this one was killed: until the upload is complete, its URL at the server is in '.<file>.<digits>.upload.json' beside the file. The digits depend on the method and the URL",
  replayWindow:
    'with --resume, the most bytes of standard input or a pipe to keep in memory until the server has received them. An upload cannot be resumed from before these bytes',
  continueTimeout:
    "milliseconds to wait for the 100 before sending the body, or 'adaptive' to wait about as long as the server took before",
  checksum: 'print the checksum of what was sent',
  checksumHeader:
    'send the sha256 of the file in this header field: in hex, or in the format of RFC 9530 for Content-Digest and Repr-Digest',
  failWithBody: 'print the body of a response that refuses, too',
  timeline:
    "draw the course of the upload into an .svg file, or with '-' as text on standard error",
  color: "colour messages; 'auto' does on a terminal, unless NO_COLOR is set",
}

const modes = ['auto', 'always', 'never'] as const
const stallTimeout = new Option('--stall-timeout <seconds>', 'the longest time without progress')
  .argParser(flag.seconds)
  .default(300_000, '300')

export function put(program: Command, session: Session): void {
  const { terminal } = session
  const command = program
    .command('put')
    .usage('[options] <file...> <url>')
    .summary('upload files or standard input')
    .description(
      "Uploads a file to a URL, or standard input with '-', and prints the body of the response. If the URL ends in '/', the command adds the name of the file, and accepts several files, and folders with -r. If a server refuses a body of unknown length (411 or 501), upload a file, or add a Content-Length header.",
    )
    .argument('[file-and-url...]')
    .optionsGroup('Options:')
    .option('-X, --method <method>', 'the method', flag.token, 'PUT')
    .option('-H, --header <field>', help.header, flag.headerField)
    .option('-T, --upload-file <file>', 'another file to upload; can be repeated', flag.collected)
    .option('-r, --recursive', help.recursive)
    .addOption(new Option('--expect <mode>', help.expect).choices(modes).default('auto'))
    .option('--threshold <bytes>', help.threshold, flag.bytes, 1_048_576)
    .option('--dry-run', help.dryRun)
    .addOption(new Option('--skip-existing', help.skipExisting).implies({ threshold: 1 }))
    .option('--retry <count>', help.retry, flag.count, 0)
    .option('--resume', help.resume)
    .option('--replay-window <bytes>', help.replayWindow, flag.bytes, 67_108_864)
    .option('--no-follow', 'do not follow redirects')
    .option('--max-redirects <count>', 'the most redirects to follow', flag.count, 5)
    .option('--concurrency <count>', 'the most files to upload at a time', flag.positive, 4)
    .option('--limit-rate <bytes>', help.limitRate, flag.bytes, 0)
    .option('--continue-timeout <ms>', help.continueTimeout, flag.wait, 1000)
    .addOption(stallTimeout)
    .option('-m, --timeout <seconds>', help.timeout, flag.seconds, 0)
    .addOption(new Option('--checksum <algorithm>', help.checksum).choices(['sha256']))
    .option('--checksum-header <name>', help.checksumHeader, flag.token)
    .optionsGroup('Output:')
    .option('-o, --output <file>', 'write the body of the response to a file')
    .option('-i, --include', 'print the status and headers of the response, too')
    .option('-f, --fail', 'do not print the body of a response that refuses (the default)')
    .addOption(new Option('--fail-with-body', help.failWithBody).conflicts('fail'))
    .option('--json', 'print a report as a line of JSON for each file, instead of the response')
    .option('--timeline <file>', help.timeline, flag.timelineFile)
    .option('-q, --quiet', 'print errors only')
    .option('-v, --verbose', 'print the requests and responses; uploads one file at a time')
    .option('--progress', 'show progress, even if standard error is not a terminal')
    .option('--no-progress', 'do not show progress')
    .addOption(new Option('--color <when>', help.color).choices(modes).default('auto'))
  withConnection(command).action(async (operands, options) => {
    const { header = [], timeline, limitRate, stallTimeout: stall } = options
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
      limit: limitRate > 0 ? rateLimit(limitRate) : null,
      request: {
        method: options.method,
        headers: [...header, ...condition, ...fields],
        expect: options.expect,
        threshold: options.threshold,
        continueTimeout: options.continueTimeout,
        retry: options.retry,
        redirect: options.follow ? 'follow' : 'manual',
        maxRedirections: options.maxRedirects,
        timeouts: { total: options.timeout, stall, headers: stall, body: stall },
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
