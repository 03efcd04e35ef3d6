import { expect } from 'chai'
import { messageOf } from '../../lib/cli/message.ts'
import { UploadError } from '../../lib/index.ts'

function failed(message: string, details: object): Error {
  return Object.assign(new Error(message), details)
}

describe('messageOf', () => {
  for (const [name, error, message] of [
    ['an error', new Error('why'), 'why'],
    ['an error without a message', new TypeError(''), 'TypeError'],
    ['many errors', new AggregateError([new Error('refused'), new Error('other')], ''), 'refused'],
    ['something else', 'why', 'why'],
    [
      'a file that may not be read',
      failed('EACCES: permission denied, open', {
        code: 'EACCES',
        errno: -13,
        syscall: 'open',
        path: 'a',
      }),
      'a: permission denied',
    ],
    [
      'an unknown host name',
      failed('getaddrinfo ENOTFOUND a', {
        code: 'ENOTFOUND',
        errno: -3008,
        syscall: 'getaddrinfo',
        hostname: 'a',
      }),
      'a: no such host',
    ],
    [
      'a port on which no server listens',
      failed('connect', {
        code: 'ECONNREFUSED',
        errno: -111,
        syscall: 'connect',
        address: '::1',
        port: 80,
      }),
      '::1:80: connection refused',
    ],
    [
      'a connection that was reset',
      failed('read ECONNRESET', { code: 'ECONNRESET', errno: -104, syscall: 'read' }),
      'the server closed the connection',
    ],
    [
      'a response with too large a head',
      failed('Headers Overflow Error', { code: 'UND_ERR_HEADERS_OVERFLOW' }),
      "the head of the server's response is too large",
    ],
    [
      'a certificate that has expired',
      failed('certificate has expired', { code: 'CERT_HAS_EXPIRED' }),
      'TLS error: certificate has expired (--cacert trusts it, -k trusts any)',
    ],
    [
      'an alert of TLS',
      failed('40:error:0A00042E:SSL routines:ssl3_read_bytes', {
        code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
        reason: 'tlsv1 alert protocol version',
      }),
      'TLS error: tlsv1 alert protocol version',
    ],
    [
      'a proxy that closes the connection',
      new UploadError('ERR_EXPECT_PROXY', 'The proxy a could not be used: other side closed', {
        cause: failed('other side closed', { code: 'UND_ERR_SOCKET' }),
      }),
      'The proxy a could not be used: the server closed the connection',
    ],
    [
      'content that is gone',
      new UploadError('ERR_EXPECT_CONTENT_GONE', 'pass a function'),
      'the body is needed again, and can be read only once; upload a file in place of a stream',
    ],
    [
      'a timeout that no flag sets',
      new UploadError('ERR_EXPECT_HEADERS_TIMEOUT', 'Nothing came in 1 ms (timeouts.other)'),
      'Nothing came in 1 ms',
    ],
    [
      'a 101 that the client did not ask for',
      failed('bad upgrade', { code: 'UND_ERR_SOCKET' }),
      'the server switched to another protocol (101) without being asked',
    ],
    [
      'an HTTP/2 connection without an ack to a PING',
      failed('HTTP/2: connection unresponsive', { code: 'UND_ERR_SOCKET' }),
      'HTTP/2: connection unresponsive',
    ],
    [
      'a response that breaks off',
      new TypeError('terminated', { cause: failed('read', { code: 'ECONNRESET' }) }),
      'the response is incomplete: the server closed the connection',
    ],
  ] as const) {
    it(`describes ${name}`, () => {
      expect(messageOf(error)).to.equal(message)
    })
  }
})
