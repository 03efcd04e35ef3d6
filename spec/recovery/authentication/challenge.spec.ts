import { expect } from 'chai'
import fc from 'fast-check'
import { parseChallenges } from '../../../lib/protocol/challenge.ts'

type Parsed = ReturnType<typeof parseChallenges>

const table: readonly (readonly [string, string | string[] | undefined, Parsed])[] = [
  ['no field', undefined, []],
  ['an empty field', '', []],
  ['a scheme alone', 'Negotiate', [{ scheme: 'negotiate', params: {} }]],
  ['one parameter', 'Basic realm="a"', [{ scheme: 'basic', params: { realm: 'a' } }]],
  [
    'tokens and quoted strings',
    'Digest realm="a b", stale=TRUE,qop="auth, auth-int" , nonce="x=="',
    [
      {
        scheme: 'digest',
        params: { realm: 'a b', stale: 'TRUE', qop: 'auth, auth-int', nonce: 'x==' },
      },
    ],
  ],
  [
    'several challenges in one line',
    'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
    [
      { scheme: 'newauth', params: { realm: 'apps', type: '1', title: 'Login to "apps"' } },
      { scheme: 'basic', params: { realm: 'simple' } },
    ],
  ],
  [
    'several lines',
    ['Digest realm="a"', 'Basic realm="b"'],
    [
      { scheme: 'digest', params: { realm: 'a' } },
      { scheme: 'basic', params: { realm: 'b' } },
    ],
  ],
  [
    'schemes without parameters among others',
    'Negotiate, NTLM, Basic realm="a", Bearer',
    [
      { scheme: 'negotiate', params: {} },
      { scheme: 'ntlm', params: {} },
      { scheme: 'basic', params: { realm: 'a' } },
      { scheme: 'bearer', params: {} },
    ],
  ],
  [
    'a token68, and what comes after it',
    'Negotiate YII/+Zw-._~==, Basic realm="a"',
    [
      { scheme: 'negotiate', params: {}, token68: 'YII/+Zw-._~==' },
      { scheme: 'basic', params: { realm: 'a' } },
    ],
  ],
  ['a token68 that looks like a name', 'A b=', [{ scheme: 'a', params: {}, token68: 'b=' }]],
  ['a token68 before blanks', 'A b \t', [{ scheme: 'a', params: {}, token68: 'b' }]],
  ['blanks about the =', 'A b = "c" , d\t=\te', [{ scheme: 'a', params: { b: 'c', d: 'e' } }]],
  ['names in any case', 'BASIC Realm="A"', [{ scheme: 'basic', params: { realm: 'A' } }]],
  ['empty list elements', ', ,A b=c,, ,d=e,', [{ scheme: 'a', params: { b: 'c', d: 'e' } }]],
  [
    'no blank after a comma',
    'A b=c,B d=e',
    [
      { scheme: 'a', params: { b: 'c' } },
      { scheme: 'b', params: { d: 'e' } },
    ],
  ],
  ['no comma between parameters', 'A b="c" d="e"', [{ scheme: 'a', params: { b: 'c', d: 'e' } }]],
  ['a name that comes twice', 'A b=c, B=d', [{ scheme: 'a', params: { b: 'c' } }]],
  ['a quoted string without an end', 'A b="c, d', [{ scheme: 'a', params: { b: 'c, d' } }]],
  ['a backslash at the end', 'A b="c\\', [{ scheme: 'a', params: { b: 'c' } }]],
  [
    'quotes and commas in quotes',
    'A b="\\",\\\\", c=d',
    [{ scheme: 'a', params: { b: '",\\', c: 'd' } }],
  ],
  ['no value', 'A b=c, d=, e="f"', [{ scheme: 'a', params: { b: 'c', d: '', e: 'f' } }]],
  ['parameters before any scheme', 'a="b", C d=e', [{ scheme: 'c', params: { d: 'e' } }]],
  ['bytes outside ASCII', 'A b="\u00e4"', [{ scheme: 'a', params: { b: '\u00e4' } }]],
  ['an unknown syntax', '"(){}=;', []],
]

describe('parseChallenges', () => {
  for (const [name, value, wanted] of table) {
    it(`reads ${name}`, () => {
      expect(parseChallenges(value)).to.deep.equal(wanted)
    })
  }

  it('accepts parameter names of Object.prototype', () => {
    const [challenge] = parseChallenges('A __proto__=b, constructor="c"')
    expect(Object.entries(challenge?.params ?? {})).to.deep.equal([
      ['__proto__', 'b'],
      ['constructor', 'c'],
    ])
  })

  const schemes = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
  const names = fc.stringMatching(/^[a-z][a-z0-9*-]{0,8}$/)
  const texts = fc.string().map((text) => text.replace(/[^\t -~\u00a0-\u00ff]/g, ''))
  const params = fc.dictionary(names, texts, { minKeys: 1, maxKeys: 5 })
  const challenges = fc.array(fc.record({ scheme: schemes, params }), { maxLength: 5 })

  it('parses quoted strings with any text', () => {
    fc.assert(
      fc.property(challenges, (written) => {
        const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
        const value = written.map(({ scheme, params }) => {
          const list = Object.entries(params).map(([name, text]) => `${name}=${quoted(text)}`)
          return `${scheme} ${list.join(', ')}`
        })
        const wanted = written.map(({ scheme, params }) => ({ scheme, params: { ...params } }))
        expect(parseChallenges(value.join(', '))).to.deep.equal(wanted)
        expect(parseChallenges(value)).to.deep.equal(wanted)
      }),
    )
  })

  it('never throws', () => {
    const pieces = fc.constantFrom('"', '\\', '=', ',', ' ', '\t', 'Digest ', 'a', '==', '\0', 'é')
    const hostile = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })))
    fc.assert(
      fc.property(hostile, (parts) => {
        for (const { scheme, params } of parseChallenges(parts.join(''))) {
          expect(scheme).to.match(/^\S+$/)
          expect(Object.values(params).every((value) => typeof value === 'string')).to.equal(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  for (const unit of ['a ', 'a=', '=', '"', '\\"', 'a="', 'a "\\', '/', ' ', 'a /', ', a', 'é']) {
    it(`parses many ${JSON.stringify(unit)} in linear time`, () => {
      // A parser with backtracking would take minutes.
      const text = unit.repeat(200_000 / unit.length)
      parseChallenges(text)
      parseChallenges(`A b${text}`)
      parseChallenges(`A ${text}`)
    })
  }
})
