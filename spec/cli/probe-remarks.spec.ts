import { expect } from 'chai'
import { probed } from '../support/probed.ts'
import { type RawOriginOptions, rawOrigin } from '../support/raw-origin.ts'

const go = 'HTTP/1.1 100 Continue\r\n\r\n'
const created = 'HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n'
const refusal = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'

describe('the remarks of the command probe', () => {
  for (const [what, sends, codes] of [
    ['nothing', { asked: go }, []],
    [
      'a banner',
      { first: '220 mail.example ESMTP\r\n', asked: '', unasked: '' },
      ['speaks-first', 'not-http'],
    ],
    ['a 100 without an expectation', { asked: go, unasked: go + created }, ['stray-100']],
    ['two 100s', { asked: go + go }, ['repeated-100']],
    ['a refusal directly after the 100', { asked: go + refusal }, ['final-after-100']],
    [
      'a 417 without an expectation',
      { asked: go, unasked: refusal.replace('403', '417') },
      ['unasked-417'],
    ],
    [
      'a 100 with content',
      { asked: 'HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\n' },
      ['interim-content'],
    ],
    ['bare line feeds', { asked: 'HTTP/1.1 100 Continue\n\n' }, ['bare-line-feed']],
    [
      '17 KiB of 103 responses',
      { asked: `HTTP/1.1 103 Early Hints\r\nLink: ${'a'.repeat(1000)}\r\n\r\n`.repeat(17) },
      ['interim-overflow'],
    ],
    ['bytes that are not HTTP', { asked: 'HTTP/2.0 hello\r\n\r\n' }, ['not-http']],
  ] satisfies [string, RawOriginOptions, string[]][]) {
    it(`include: ${what}`, async () => {
      const how = ['--rounds', '1', '--continue-timeout', '60000']
      const { remarks } = await probed(await rawOrigin(sends), how)
      expect(remarks?.map(({ code }) => code)).to.deep.equal(codes)
    })
  }
})
