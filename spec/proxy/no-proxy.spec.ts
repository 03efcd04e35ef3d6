import { expect } from 'chai'
import { readNoProxy } from '../../lib/proxy/no-proxy.ts'

const rows: readonly [list: string, past: readonly string[], through: readonly string[]][] = [
  ['', [], ['http://example.com', 'https://localhost']],
  [' , ,', [], ['http://example.com']],
  ['*', ['http://example.com', 'https://[::1]:8443'], []],
  ['none.invalid, * ', ['http://example.com'], []],
  ['*:80', ['http://example.com'], ['https://example.com']],
  [
    'example.com',
    [
      'http://example.com',
      'https://example.com:8443',
      'http://www.example.com',
      'http://EXAMPLE.com.',
    ],
    ['http://notexample.com', 'http://example.com.evil.test', 'http://com'],
  ],
  ['.example.com', ['http://example.com', 'http://a.b.example.com'], ['http://notexample.com']],
  ['*.example.com', ['http://www.example.com'], ['http://example.com']],
  ['Example.COM.', ['http://example.com'], []],
  [
    'example.com:8080',
    ['http://example.com:8080', 'http://www.example.com:8080'],
    ['http://example.com', 'https://example.com'],
  ],
  ['example.com:443', ['https://example.com'], ['http://example.com']],
  ['a.test b.test,c.test\td.test', ['http://b.test', 'http://c.test', 'http://d.test'], []],
  ['localhost', ['http://localhost:3000'], ['http://127.0.0.1:3000']],
  ['127.0.0.1', ['http://127.0.0.1:3000'], ['http://127.0.0.2', 'http://1.127.0.0.1.test']],
  ['::1', ['http://[::1]:3000'], ['http://[::2]']],
  ['[::1]', ['http://[::1]:3000'], ['http://[::2]']],
  ['0:0:0:0:0:0:0:1', ['http://[::1]:3000'], ['http://[::2]']],
  ['[2001:0db8:0::1]:80', ['http://[2001:db8::1]'], ['https://[2001:db8::1]']],
  ['::ffff:10.0.0.1', ['http://[::ffff:a00:1]', 'http://10.0.0.1'], ['http://10.0.0.2']],
  ['[::1]:443', ['https://[::1]'], ['http://[::1]']],
  ['10.0.0.0/8', ['http://10.1.2.3'], ['http://11.1.2.3', 'http://10.example', 'http://[::1]']],
  ['fd00::/8', ['https://[fd12::1]'], ['https://[fe80::1]', 'http://10.1.2.3']],
  ['10.0.0.0/33', [], ['http://10.0.0.0']],
]

describe('readNoProxy', () => {
  for (const [list, past, through] of rows) {
    it(`bypasses ${past.join(', ') || 'nothing'} with '${list}'`, () => {
      const bypasses = readNoProxy(list)
      expect(past.filter((origin) => !bypasses(new URL(origin)))).to.eql([])
      expect(through.filter((origin) => bypasses(new URL(origin)))).to.eql([])
    })
  }
})
