import type { Random } from './random.ts'

const numbers = [
  ...[
    '0',
    '3',
    '5',
    '-1',
    '+5',
    '007',
    '5, 5',
    '5, 6',
    '0x5',
    '',
    '4294967296',
    '9007199254740993',
  ],
  ...['99999999999999999999999', '1e3', ' 5 '],
] as const

export function field(random: Random): string {
  const makers = [
    () => `content-length: ${random.pick(['0', ...numbers])}`,
    () => `Transfer-Encoding: ${random.pick(['chunked', 'gzip', 'chunked, chunked', 'identity'])}`,
    () => `Connection: ${random.pick(['close', 'keep-alive', 'upgrade', 'close, close'])}`,
    () => `Location: ${location(random)}`,
    () => `Retry-After: ${random.pick(['0', ...numbers, 'Fri, 31 Dec 1999 23:59:59 GMT'])}`,
    () => `WWW-Authenticate: ${challenge(random)}`,
    () => `Proxy-Authenticate: ${challenge(random)}`,
    () => `Content-Encoding: ${random.pick(['gzip', 'br', 'deflate', 'identity', 'x'])}`,
    () => `Keep-Alive: timeout=${random.pick(['0', ...numbers])}`,
    () => 'Upgrade: h2c',
    () => `x: ${'y'.repeat(random.below(300))}`,
    () => `${random.bytes(random.below(5))}: ${random.bytes(random.below(9))}`,
  ] as const
  return random.pick(makers)()
}

/** Valid or not. */
export function location(random: Random): string {
  const places = [
    '/1',
    '/2',
    '?a',
    '//other.test/x',
    'http://other.test:1/',
    'https://other.test/',
  ] as const
  const odd = [
    'http://',
    'ftp://x/',
    'javascript:1',
    '/a b',
    '\\\\x',
    `/${'z'.repeat(300)}`,
  ] as const
  return random.chance(0.7)
    ? random.pick(places)
    : `${random.pick(odd)}${random.bytes(random.below(4))}`
}

/** The value of an authentication field, valid or not. */
export function challenge(random: Random): string {
  const fields = [
    'Basic realm="r"',
    'Digest realm="r", nonce="n", qop="auth"',
    'Bearer',
    'NTLM',
  ] as const
  const parts = [
    '"',
    '\\',
    '=',
    ',',
    ' ',
    'Digest ',
    'realm="',
    'nonce=n',
    'qop=auth',
    '==',
  ] as const
  if (random.chance(0.6)) return random.pick(fields)
  return random.list(0, 8, () => random.pick([...parts, random.bytes(2)])).join('')
}
