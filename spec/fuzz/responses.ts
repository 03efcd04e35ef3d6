import { mutated } from './mutated.ts'
import type { Random } from './random.ts'
import { field } from './response-fields.ts'

/** Common status lines, and similar ones. */
function statusLine(random: Random): string {
  const version = random.chance(0.9)
    ? 'HTTP/1.1'
    : random.pick(['HTTP/1.0', 'HTTP/1.9', 'HTTP/2.0', 'http/1.1'])
  const status = random.chance(0.9)
    ? random.pick(['100', '100', '100', '101', '102', '103', '104', '199', ...finals])
    : random.pick(['000', '099', '600', '999', '1000', '10', '1:0', '99999999999999999999'])
  return `${version} ${status}${random.pick([' OK', ' Continue', ' ', '', ' \0', ' \xff\xfe'])}`
}

const finals = [
  ...['200', '201', '204', '301', '302', '303', '304', '307', '308', '400', '401', '407', '413'],
  ...['417', '417', '421', '425', '429', '500', '503'],
] as const

/** A head, with or without its end. */
function head(random: Random): string {
  const lineEnd = random.chance(0.9) ? '\r\n' : random.pick(['\n', '\r', '\r\r\n', '\n\r'])
  const lines = [statusLine(random), ...random.list(0, 3, () => field(random))]
  const end = random.chance(0.95) ? lineEnd + lineEnd : ''
  return lines.join(lineEnd) + end
}

/** Text that reaches a limit. */
function flood(random: Random): string {
  const size = random.pick([60, 600, 20_000])
  const unit = random.pick([
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 103 X\r\nlink: </>\r\n\r\n',
    '\r\n',
    '\n',
    'x: y\r\n',
    'y',
    '\0',
  ])
  const begin = random.pick([
    '',
    'HTTP/1.1 100 X\r\nx: ',
    'HTTP/1.1 103 X\r\n',
    'HTTP/1.1 200 OK\r\n',
  ])
  return begin + unit.repeat(Math.ceil(size / unit.length))
}

/** What an origin may send, valid and broken. */
function fragment(random: Random): string {
  const makers = [
    () => 'HTTP/1.1 100 Continue\r\n\r\n',
    () => 'HTTP/1.1 100\r\n\r\n',
    () => 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n',
    () => 'HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok',
    () => 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    () => 'HTTP/1.1 417 No\r\ncontent-length: 0\r\n\r\n',
    () => head(random),
    () => head(random),
    () => head(random),
    () => random.pick(['\r\n', '\n', '\r', ' ', '\0', 'HTTP/', 'HTTP/1.1 1', 'HTTP/1.1 100']),
    () => `${random.pick(['5', '-5', 'ffffffff', 'ffffffffffffffffff', 'x'])}\r\nhello\r\n`,
    () => random.bytes(random.below(20)),
  ] as const
  return random.pick(makers)()
}

/** The bytes of an origin as latin1 text. */
export function responseBytes(random: Random): string {
  const fragments = random.list(1, 5, () => fragment(random))
  if (random.chance(0.02)) fragments.splice(random.below(fragments.length), 0, flood(random))
  const text = fragments.join('')
  return random.chance(0.4) ? mutated(random, text) : text
}
