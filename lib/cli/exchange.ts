import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { TLSSocket } from 'node:tls'
import type { DiagnosticsChannel as Channels } from 'undici'
import type { Progress, UploadMessage } from '../index.ts'
import { bytesText } from './amount.ts'

type Field = [name: string, value: string]

export function listenTo(channels: Readonly<Record<string, (message: never) => void>>): () => void {
  const listeners = Object.entries(channels) as [string, (message: unknown) => void][]
  for (const [name, listener] of listeners) subscribe(name, listener)
  return () => {
    for (const [name, listener] of listeners) unsubscribe(name, listener)
  }
}

export interface Exchange {
  /** Takes the progress of the upload, from which follows how the request goes on. */
  progress(progress: Progress): void
  stop(): void
}

/**
 * Prints the messages on the wire, as curl does: `>` before sent lines, `<` before received ones,
 * `*` before notes. Credentials are left out. The channels are those of the whole process, so
 * uploads must be made one at a time.
 */
export function tellExchange(say: (line: string) => void): Exchange {
  /** The lines of a head whose framing is not known yet. */
  let head: string[] = []
  let version = 'HTTP/1.1'
  const sayHead = (sign: string, lines: readonly string[]): void => {
    for (const line of [...lines, '']) say(`${sign} ${line}`.trimEnd())
  }
  const end = (fields: readonly string[]): void => {
    if (head.length > 0) sayHead('>', [...head, ...fields])
    head = []
  }
  const stop = listenTo({
    'undici:client:connected': ({ connectParams, socket }: Channels.ClientConnectedMessage) =>
      say(`* connected to ${connectParams.host}${socket instanceof TLSSocket ? ' with TLS' : ''}`),
    'undici:client:sendHeaders': ({ headers, socket }: Channels.ClientSendHeadersMessage) => {
      version = socket instanceof TLSSocket && socket.alpnProtocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'
      const [method, target = '', fields] = requestHead(headers)
      head = [`${method} ${withoutQuery(target)} ${version}`, ...fields.map(shownField)]
    },
    'undici:request:headers': ({ response }: Channels.RequestHeadersMessage) => {
      // A request without content reports no progress.
      end([])
      const { statusCode, statusText, headers } = response
      // A 100 has its own channel, over both versions.
      if (statusCode === 100) return
      sayHead('<', [
        `${version} ${statusCode} ${statusText}`,
        ...responseFields(headers).map(shownField),
      ])
    },
    'expect-continue:interim': ({ status }: UploadMessage) => {
      if (status === 100) sayHead('<', [`${version} 100 Continue`])
    },
    'expect-continue:silent': () => say('* no answer in time; the body is sent'),
    'expect-continue:refuse': () => say('* the body is not sent'),
    'expect-continue:rescue': () =>
      say('* the server takes no more of the body; its answer may have come'),
    'expect-continue:replay': () => say('* once more, without the expectation'),
  })
  return {
    stop,
    progress: ({ phase, sent, total }) => {
      // undici publishes the content's length only over HTTP/2.
      const length = total === null ? 'transfer-encoding: chunked' : `content-length: ${total}`
      end([
        ...(version === 'HTTP/2' ? [] : [length]),
        ...(phase === 'waiting' ? ['expect: 100-continue'] : []),
      ])
      if (phase === 'responding' && sent > 0) say(`* ${bytesText(sent)} of the body sent`)
    },
  }
}

/** Reads the text of a head: a request line and fields, or in HTTP/2 fields alone. */
function requestHead(text: string): readonly [string | undefined, string | undefined, Field[]] {
  const lines = text.split('\r\n').filter((line) => line !== '')
  const first = lines[0]?.endsWith(' HTTP/1.1') ? lines.shift() : undefined
  const fields = lines.map(fieldOf)
  const pseudo = new Map(fields)
  const [method = pseudo.get(':method'), target = pseudo.get(':path')] = first?.split(' ') ?? []
  return [method, target, fields.filter(([name]) => !/^:(?!authority)/.test(name))]
}

function fieldOf(line: string): Field {
  // Skips the colon with which the name of a pseudo field begins.
  const colon = line.indexOf(':', 1)
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

/** The fields of a response's head, one for each value. HTTP/1.1 has names and values in turn, HTTP/2 an object. */
function responseFields(headers: Channels.RequestHeadersMessage['response']['headers']): Field[] {
  if (!Array.isArray(headers)) {
    return Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((value): Field => [name, String(value)]),
    )
  }
  const texts = headers.map((part: Buffer) => part.toString('latin1'))
  return texts.flatMap((name, at) => (at % 2 === 0 ? [[name, texts[at + 1] ?? ''] as Field] : []))
}

const secret = /authorization|cookie|token|secret|password|signature|api-?key|credential/i

/** A header field without credentials. */
export function shownField([name, value]: readonly [string, string]): string {
  if (/^(content-)?location$/i.test(name)) return `${name}: ${withoutQuery(value)}`
  if (!secret.test(name)) return `${name}: ${value}`
  const [scheme = '', rest] = value.split(' ', 2)
  // In these values the first word is the scheme, which is not secret.
  const schemed = /^(proxy-)?authorization$/i.test(name) && rest !== undefined
  return schemed ? `${name}: ${scheme} …` : `${name}: …`
}

/** A target or URL without its query, which may hold the signature of a signed URL. */
function withoutQuery(target: string): string {
  return target.replace(/\?.*$/s, '?…')
}
