import type { ResponseHead } from '../../lib/protocol/interim-responses.ts'

/** What an origin sends to one request, as latin1 text, and the expected result. */
export interface ResponseTranscript {
  readonly name: string
  readonly bytes: string
  readonly pass: string
  readonly heads: readonly ResponseHead[]
  /** What the parser keeps, because it may become a 100. */
  readonly held: string
}

const interimLike = 'HTTP/1.1 100 Continue\r\n\r\n'
const interim = (status: number): ResponseHead => ({ type: 'interim', status })
const final = (status: number): ResponseHead => ({ type: 'final', status })
const continued = 'HTTP/1.1 100 Continue\r\n\r\n'
const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n'
const processing = 'HTTP/1.1 102 Processing\r\n\r\n'
const created = 'HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok'

/** Each row: the bytes, what is passed on, the heads in them, and what is kept. */
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

export const responseTranscripts: readonly ResponseTranscript[] = responses.map(
  ([name, bytes, pass, heads, held = '']) => ({ name, bytes, pass, heads, held }),
)
