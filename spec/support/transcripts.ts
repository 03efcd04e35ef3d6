import type { RequestContent } from '../../lib/protocol/head.ts'
import type { ResponseHead } from '../../lib/protocol/interim-responses.ts'

/** A request's head: what follows it, and whether it is to ask. */
export interface Head {
  readonly content: RequestContent
  readonly asks: boolean
}

/** What a client writes on one connection, one byte a character, and what is to become of it. */
export interface RequestTranscript {
  readonly name: string
  readonly bytes: string
  /** What goes on, up to each place where content is kept back, and after the last one. */
  readonly parts: readonly string[]
  readonly heads: readonly Head[]
  /** Bytes of content, framing not counted. */
  readonly contentBytes: number
  /** Whether the last request is written to its end. */
  readonly complete: boolean
}

/** What an origin sends to one request, one byte a character, and what is to become of it. */
export interface ResponseTranscript {
  readonly name: string
  readonly bytes: string
  readonly pass: string
  readonly heads: readonly ResponseHead[]
  /** What is kept, because it may yet become a 100. */
  readonly held: string
}

const expectation = 'expect: 100-continue\r\n'
const length = (bytes: number): string => `content-length: ${bytes}\r\n`
const codings = 'transfer-encoding: chunked\r\n'
const put = 'PUT /videos HTTP/1.1\r\nhost: uploads.example\r\n'
const get = 'GET /list HTTP/1.1\r\nhost: uploads.example\r\n\r\n'
const interimLike = 'HTTP/1.1 100 Continue\r\n\r\n'

/** Requests as they are written. */
export const requestTranscripts: readonly RequestTranscript[] = [
  {
    name: 'a request without content',
    bytes: get,
    parts: [get],
    heads: [{ content: 0, asks: false }],
    contentBytes: 0,
    complete: true,
  },
  {
    name: 'content with a length that does not ask',
    bytes: `${put}${length(11)}\r\nhello\r\n\r\nyo`,
    parts: [`${put}${length(11)}\r\nhello\r\n\r\nyo`],
    heads: [{ content: 11, asks: false }],
    contentBytes: 11,
    complete: true,
  },
  {
    name: 'content with a length that asks',
    bytes: `${put}${length(3)}\r\nabc`,
    parts: [`${put}${length(3)}${expectation}\r\n`, 'abc'],
    heads: [{ content: 3, asks: true }],
    contentBytes: 3,
    complete: true,
  },
  {
    name: 'content that asks and looks like a request',
    bytes: `${put}${length(47)}\r\n${put}\r\n`,
    parts: [`${put}${length(47)}${expectation}\r\n`, `${put}\r\n`],
    heads: [{ content: 47, asks: true }],
    contentBytes: 47,
    complete: true,
  },
  {
    name: 'chunks that ask',
    bytes: `${put}${codings}\r\n3\r\nabc\r\nA;note=1\r\n0123456789\r\n0\r\n\r\n`,
    parts: [
      `${put}${codings}${expectation}\r\n`,
      '3\r\nabc\r\nA;note=1\r\n0123456789\r\n0\r\n\r\n',
    ],
    heads: [{ content: 'chunked', asks: true }],
    contentBytes: 13,
    complete: true,
  },
  {
    name: 'chunks whose data looks like the end of the chunks',
    bytes: `${put}${codings}\r\n7\r\n\r\n0\r\n\r\n\r\n2\r\nzz\r\n0\r\nx-sum: 1\r\n\r\n${get}`,
    parts: [`${put}${codings}\r\n7\r\n\r\n0\r\n\r\n\r\n2\r\nzz\r\n0\r\nx-sum: 1\r\n\r\n${get}`],
    heads: [
      { content: 'chunked', asks: false },
      { content: 0, asks: false },
    ],
    contentBytes: 9,
    complete: true,
  },
  {
    name: 'requests one after the other, some of which ask',
    bytes: [
      get,
      `${put}${length(2)}\r\n\u00ff\u0000`,
      get,
      `${put}${length(1)}\r\nq`,
      `${put}${codings}\r\n1\r\nx\r\n0\r\n\r\n`,
      `${put}\r\n`,
      get,
    ].join(''),
    parts: [
      `${get}${put}${length(2)}${expectation}\r\n`,
      `\u00ff\u0000${get}${put}${length(1)}\r\nq${put}${codings}${expectation}\r\n`,
      `1\r\nx\r\n0\r\n\r\n${put}${expectation}\r\n`,
      get,
    ],
    heads: [
      { content: 0, asks: false },
      { content: 2, asks: true },
      { content: 0, asks: false },
      { content: 1, asks: false },
      { content: 'chunked', asks: true },
      { content: 0, asks: true },
      { content: 0, asks: false },
    ],
    contentBytes: 4,
    complete: true,
  },
  {
    name: 'a tunnel, in which all is content',
    bytes: `CONNECT uploads.example:443 HTTP/1.1\r\n\r\n${put}\r\n`,
    parts: [`CONNECT uploads.example:443 HTTP/1.1\r\n\r\n${put}\r\n`],
    heads: [{ content: 'tunnel', asks: false }],
    contentBytes: 0,
    complete: false,
  },
  {
    name: 'a head that breaks off',
    bytes: `${get}${put}\r`,
    parts: [get],
    heads: [{ content: 0, asks: false }],
    contentBytes: 0,
    complete: false,
  },
  {
    name: 'chunks that break off',
    bytes: `${put}${codings}\r\nb\r\nhello`,
    parts: [`${put}${codings}${expectation}\r\n`, 'b\r\nhello'],
    heads: [{ content: 'chunked', asks: true }],
    contentBytes: 5,
    complete: false,
  },
]

const interim = (status: number): ResponseHead => ({ type: 'interim', status })
const final = (status: number): ResponseHead => ({ type: 'final', status })
const continued = 'HTTP/1.1 100 Continue\r\n\r\n'
const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n'
const processing = 'HTTP/1.1 102 Processing\r\n\r\n'
const created = 'HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok'

/** Responses, one row each: the bytes, what goes on, the heads in them, and what is kept. */
const responses: readonly (readonly [string, string, string, readonly ResponseHead[], string?])[] =
  [
    ['a final response', created, created, [final(201)]],
    ['a 100 and no more', continued, '', [interim(100)]],
    ['a 100 and the final response', continued + created, created, [interim(100), final(201)]],
    [
      'two 100s and the final response',
      continued + continued + created,
      created,
      [interim(100), interim(100), final(201)],
    ],
    [
      'hints before, between and after 100s',
      hints + continued + processing + hints + continued + created,
      hints + processing + hints + created,
      [interim(103), interim(100), interim(102), interim(103), interim(100), final(201)],
    ],
    [
      'a 100 with header fields',
      `HTTP/1.1 100 Continue\r\nserver: squid\r\nx-a: b\r\n\r\n${created}`,
      created,
      [interim(100), final(201)],
    ],
    [
      'a 100 without a reason phrase',
      `HTTP/1.1 100\r\n\r\n${created}`,
      created,
      [interim(100), final(201)],
    ],
    [
      'a 100 with nothing but a space for a reason phrase',
      `HTTP/1.1 100 \r\n\r\n${created}`,
      created,
      [interim(100), final(201)],
    ],
    [
      'heads that end their lines with line feeds alone',
      `HTTP/1.1 100\n\nHTTP/1.1 100 Continue\n\nHTTP/1.1 103 Hints\na: b\n\n${created}`,
      `HTTP/1.1 103 Hints\na: b\n\n${created}`,
      [interim(100), interim(100), interim(103), final(201)],
    ],
    [
      'a 100 in HTTP/1.0',
      `HTTP/1.0 100 Continue\r\n\r\n${created}`,
      created,
      [interim(100), final(201)],
    ],
    [
      'line ends before and between heads',
      `\r\n${continued}\r\n\n${created}`,
      `\r\n\r\n\n${created}`,
      [interim(100), final(201)],
    ],
    [
      'a 417',
      'HTTP/1.1 417 Expectation Failed\r\nconnection: close\r\n\r\n',
      'HTTP/1.1 417 Expectation Failed\r\nconnection: close\r\n\r\n',
      [final(417)],
    ],
    [
      'content that looks like a 100',
      `HTTP/1.1 200 OK\r\ncontent-length: 25\r\n\r\n${interimLike}`,
      `HTTP/1.1 200 OK\r\ncontent-length: 25\r\n\r\n${interimLike}`,
      [final(200)],
    ],
    [
      'a 100 whose field looks like a head',
      `HTTP/1.1 100 Continue\r\nx: HTTP/1.1 200 OK\r\n\r\n${created}`,
      created,
      [interim(100), final(201)],
    ],
    [
      'a 101, after which no HTTP follows',
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n${continued}`,
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n${continued}`,
      [final(101)],
    ],
    ['a status above 999', 'HTTP/1.1 1000 X\r\n\r\n', 'HTTP/1.1 1000 X\r\n\r\n', [final(0)]],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n', 'SSH-2.0-OpenSSH\r\n', [final(0)]],
    ['nothing', '', '', []],
    ['the beginning of a status line', 'HTTP/1.1 10', '', [], 'HTTP/1.1 10'],
    ['a 100 and half of one', `${continued}HTTP/1.1 100`, '', [interim(100)], 'HTTP/1.1 100'],
    ['a 100 that breaks off', 'HTTP/1.1 100 Continue\r\nser', '', []],
    ['a 103 that breaks off', hints.slice(0, 40), hints.slice(0, 40), []],
  ]

/** Responses as they come in. */
export const responseTranscripts: readonly ResponseTranscript[] = responses.map(
  ([name, bytes, pass, heads, held = '']) => ({ name, bytes, pass, heads, held }),
)
