import type { Readable, Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import {
  type ContentInput,
  type ExpectOptions,
  fromFile,
  type UploadOptions,
  type UploadReport,
  upload,
} from '../index.ts'

/** What a command talks to: `process`, or something like it. */
export interface Terminal {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
}

const usage = `Usage: expect-continue put <file|-> <url> [options]

Uploads a file, or what comes on standard input, and asks before it sends.

  --method <method>          PUT by default
  -H, --header <name: value> a header field; may be given several times
  --expect <mode>            auto (default), always or never
  --threshold <bytes>        ask from this size on; 1048576 by default
  --continue-timeout <ms>    how long the content is held back; 1000 by default
  --json                     print the report as JSON
  --help                     print this

Exit status: 0 the origin accepted (2xx), 1 it refused or the upload failed,
2 the command was called wrongly.
`

const flags = {
  method: { type: 'string' },
  header: { type: 'string', short: 'H', multiple: true },
  expect: { type: 'string' },
  threshold: { type: 'string' },
  'continue-timeout': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

interface Order {
  readonly url: URL
  readonly content: ContentInput
  readonly options: UploadOptions
  readonly json: boolean
}

/** Runs the command; answers its exit status. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let order: Order | null
  try {
    order = read(args, terminal.stdin)
  } catch (error) {
    terminal.stderr.write(`expect-continue: ${messageOf(error)}\n\n${usage}`)
    return 2
  }
  if (order === null) {
    terminal.stdout.write(usage)
    return 0
  }
  try {
    const { response, report } = await upload(order.url, order.content, order.options)
    const line = `${response.status} ${response.statusText}`.trim()
    terminal.stderr.write(`${line}: ${describe(report)}\n`)
    terminal.stdout.write(
      order.json ? `${JSON.stringify(report)}\n` : new Uint8Array(await response.arrayBuffer()),
    )
    return response.ok ? 0 : 1
  } catch (error) {
    terminal.stderr.write(`expect-continue: ${messageOf(error)}\n`)
    return 1
  }
}

/** What was asked for; `null` for help. Throws when it makes no sense. */
function read(args: readonly string[], stdin: Readable): Order | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: flags,
    allowPositionals: true,
  })
  if (values.help) return null
  const [command, file, url, ...rest] = positionals
  if (command !== 'put') throw new TypeError(`unknown command '${command ?? ''}'`)
  if (file === undefined || url === undefined) throw new TypeError('put needs a file and a URL')
  if (rest.length > 0) throw new TypeError(`unexpected '${rest[0]}'`)
  const options: UploadOptions = {
    method: values.method ?? 'PUT',
    headers: (values.header ?? []).map(field),
    ...numbers({ threshold: values.threshold, continueTimeout: values['continue-timeout'] }),
    ...(values.expect !== undefined && { expect: mode(values.expect) }),
  }
  const content = file === '-' ? stdin : fromFile(file)
  return { url: new URL(url), content, options, json: values.json ?? false }
}

function field(text: string): [string, string] {
  const colon = text.indexOf(':')
  if (colon < 1) throw new TypeError(`'${text}' is no header field; write 'name: value'`)
  return [text.slice(0, colon), text.slice(colon + 1).trim()]
}

function mode(text: string): NonNullable<ExpectOptions['expect']> {
  if (text === 'auto' || text === 'always' || text === 'never') return text
  throw new TypeError(`--expect must be auto, always or never, not '${text}'`)
}

function numbers(texts: Record<string, string | undefined>): ExpectOptions {
  const read: Record<string, number> = {}
  for (const [name, text] of Object.entries(texts)) {
    if (text === undefined) continue
    if (!/^\d+$/.test(text)) throw new TypeError(`'${text}' is not a whole number`)
    read[name] = Number(text)
  }
  return read
}

function describe(report: UploadReport): string {
  const { outcome, waitedMs, sentBytes, savedBytes } = report
  const saved = savedBytes > 0 ? `, ${savedBytes} kept off the wire` : ''
  return `${outcome}, waited ${waitedMs} ms, ${sentBytes} bytes of content sent${saved}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
