import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { type Command, InvalidArgumentError } from '@commander-js/extra-typings'
import {
  type OriginMode,
  type ResumableFault,
  type ResumableRequest,
  type SeenRequest,
  startOrigin,
} from '../testing/index.ts'
import { bytes, count, portNumber } from './flag.ts'
import { messageOf } from './message.ts'
import { type Session, UsageError } from './session.ts'
import { fileIn, storedFile } from './stored-file.ts'

type ServeMode = 'go' | 'silent' | 'reset' | 'resumable' | number

const modeHelp =
  "how to respond: 'go' sends a 100, 'silent' sends nothing before it has received the body, 'reset' closes the connection, 'resumable' accepts uploads that can be resumed (draft-ietf-httpbis-resumable-upload) until the command exits, and a status refuses (401 accepts any credentials, 417 accepts requests without Expect)"
const faultHelp =
  "with the mode 'resumable', interrupt a request after this many bytes of its body: 'reset:1m' closes the connection, 'stall:1m' stops reading, and '503:1m' responds with a 503. Repeat it for the requests that follow"
const defaultMode: ServeMode = 'go'

export function serve(program: Command, session: Session): void {
  program
    .command('serve')
    .summary('run a server to test uploads with')
    .description(
      'Accepts or refuses uploads until Ctrl-C. Prints a line for each request: the status, the method, whether the client asked, the bytes of the body, the first digits of their sha256, and the path.',
    )
    .option('--mode <mode>', modeHelp, readMode, defaultMode)
    .option('--fault <fault>', faultHelp, readFault)
    .option('--delay <ms>', 'milliseconds before the first response', count, 0)
    .option('--location <url>', 'the Location of a 3xx', '/elsewhere')
    .option(
      '--store <folder>',
      'store bodies in this folder, by path; without it they are discarded',
    )
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0 for a free one', portNumber, 8080)
    .option('--json', 'print each request as a line of JSON')
    .action(async ({ mode, fault, delay, location, store, host, port, json = false }) => {
      const { terminal, signal } = session
      if (store !== undefined && statSync(store, { throwIfNoEntry: false })?.isFile()) {
        throw new Error(`--store: ${store}: not a folder`)
      }
      if (fault !== undefined && mode !== 'resumable') {
        throw new UsageError("--fault needs the mode 'resumable'")
      }
      // The file for the content; `null` if the path names none, `undefined` if nothing is stored.
      const placeOf = (seen: SeenRequest): string | null | undefined =>
        store === undefined || !hasContent(seen) ? undefined : fileIn(store, seen.path)
      const writerTo = (place: string | null | undefined): Writable | null => {
        if (!place) return null
        return storedFile(place).on('error', (error) => {
          terminal.stderr.write(`expect-continue: cannot store ${messageOf(error)}\n`)
        })
      }
      const print = json ? jsonOf : lineOf
      const origin = await startOrigin({
        mode: (seen) => {
          const place = placeOf(seen)
          if (place === null) return { status: 400, body: 'The path does not name a file\n' }
          if (place && seen.headers['if-none-match'] === '*' && existsSync(place)) return 412
          return modeFor(mode, location, seen)
        },
        delay,
        host,
        port,
        record: false,
        onRequest: (seen) => terminal.stdout.write(`${print(seen)}\n`),
        store: (seen) => writerTo(placeOf(seen)),
        resumable: {
          fault: inTurn(fault ?? []),
          store: ({ target }) => writerTo(store && fileIn(store, target.replace(/^\S+ /, ''))),
        },
      })
      terminal.stderr.write(`expect-continue: listening on ${origin.url}, mode ${mode}\n`)
      if (!signal.aborted) await once(signal, 'abort')
      // The shell's prompt is not to stand behind the ^C that the terminal shows.
      if (terminal.stderr.isTTY) terminal.stderr.write('\n')
      await origin.close()
    })
}

function readMode(text: string): ServeMode {
  if (text === 'go' || text === 'silent' || text === 'reset' || text === 'resumable') return text
  if (/^[2-5]\d\d$/.test(text)) return Number(text)
  throw new InvalidArgumentError(
    'It must be go, silent, reset, resumable, or a status from 200 to 599.',
  )
}

function readFault(text: string, before: readonly ResumableFault[] = []): ResumableFault[] {
  const [, kind = '', after = ''] = /^(reset|stall|[45]\d\d):(.+)$/.exec(text) ?? []
  if (kind === '')
    throw new InvalidArgumentError('It must be such as reset:1m, stall:64k or 503:0.')
  const how = kind === 'reset' || kind === 'stall' ? kind : Number(kind)
  return [...before, { with: how, after: bytes(after) }]
}

/** One fault for each request with content, until there are no more. */
function inTurn(
  faults: readonly ResumableFault[],
): (request: ResumableRequest) => ResumableFault | null {
  const rest = faults.values()
  return ({ method }) =>
    ['HEAD', 'DELETE', 'OPTIONS'].includes(method) ? null : (rest.next().value ?? null)
}

/**
 * What the server does with a request. In the modes for redirects and 401, the requests that follow
 * the redirect or have credentials get a 100.
 */
function modeFor(mode: ServeMode, location: string, { path, headers }: SeenRequest): OriginMode {
  if (mode === 401) {
    const challenge = { 'www-authenticate': 'Basic realm="expect-continue"' }
    return headers.authorization === undefined ? { status: 401, headers: challenge } : 'go'
  }
  if (typeof mode !== 'number' || mode < 300 || mode > 399) return mode
  return path === location ? 'go' : { status: mode, headers: { location } }
}

/** RFC 9112, section 6.3. */
function hasContent({ headers }: SeenRequest): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

function lineOf(seen: SeenRequest): string {
  const { method, status, asked, bytes, sha256 } = seen
  const code = status === 0 ? '---' : String(status)
  const how = asked ? 'asked  ' : 'unasked'
  // The first characters are enough to compare; --json has all of them.
  const sum = (sha256.slice(0, 12) || '-').padEnd(12)
  return [code, method.padEnd(6), how, String(bytes).padStart(12), sum, pathOf(seen)].join('  ')
}

function jsonOf(seen: SeenRequest): string {
  const { method, asked, status, bytes, sha256, connection } = seen
  const path = pathOf(seen)
  return JSON.stringify({ method, path, asked, status, bytes, sha256, connection })
}

/** The path without its query, which may hold credentials. */
function pathOf({ path }: SeenRequest): string {
  return path.split('?', 1)[0] ?? path
}
