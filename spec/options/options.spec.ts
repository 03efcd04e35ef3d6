import { expect } from 'chai'
import type { ExpectOptions } from '../../lib/options/options.ts'
import {
  callOptions,
  defaults,
  expectOptionNames,
  mergeOptions,
  pickExpectOptions,
  type Settings,
} from '../../lib/options/settings.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { refuseUnknown } from '../../lib/unknown.ts'

const base: Settings = Object.freeze({ ...defaults, memory: false })
const memory = new RouteMemory()
/** The shape of a memory of another copy of this package. */
const alike = { recall() {}, remember() {}, times() {}, measured() {}, forget() {} }
const longest = 2_147_483_647
const origin = 'https://uploads.example:8443'
const pair = Object.freeze({ username: 'user', password: 'secret' })

const token = { location: 'https://uploads.example/a', offset: 5, length: null, version: 8 }

const good: Record<keyof ExpectOptions, readonly unknown[]> = {
  expect: ['auto', 'always', 'never'],
  threshold: [0, 1, 1_048_576, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY],
  continueTimeout: [0, 0.5, 1000, longest, 'adaptive'],
  replayWindow: [0, 1, Number.MAX_SAFE_INTEGER],
  rescueTimeout: [0, 500, longest],
  memory: [false, memory, alike],
  redirect: ['follow', 'manual'],
  maxRedirections: [0, 20],
  allowInsecureRedirect: [true, false],
  retry: [0, 5, {}, { count: 1, statuses: [503], minDelay: 0, maxDelay: longest }],
  resume: [true, false, {}, { attempts: 0, minDelay: 0, version: 6, onToken() {} }, token],
  timeouts: [{}, { stall: 0, headers: 1, body: undefined, total: longest }],
  authenticate: [
    null,
    () => null,
    { basic: pair, origin },
    { digest: pair, basic: undefined, origin },
    { digest: pair, proxy: { basic: pair }, origin },
    { digest: { username: 'domain:user', password: ':' }, origin },
    { proxy: { basic: pair } },
  ],
}

const noNumbers = [null, '5', '', true, {}, [], [5], 5n, () => 5, Symbol('s'), Number.NaN, -1]
const bad: Record<keyof ExpectOptions, readonly unknown[]> = {
  expect: [null, '', 'Always', 'sometimes', true, false, 1, {}, ['always']],
  threshold: [...noNumbers, 1.5, Number.NEGATIVE_INFINITY, 2 ** 53],
  continueTimeout: [...noNumbers, 'Adaptive', longest + 1, Number.POSITIVE_INFINITY],
  replayWindow: [...noNumbers, 1.5, Number.POSITIVE_INFINITY, 2 ** 53],
  rescueTimeout: [...noNumbers, longest + 1, Number.POSITIVE_INFINITY],
  memory: [null, true, 0, '', {}, [], new Map(), () => memory, { recall() {}, remember() {} }],
  redirect: [null, '', 'error', true, 5],
  maxRedirections: [...noNumbers, 1.5, Number.POSITIVE_INFINITY],
  allowInsecureRedirect: [null, 0, 1, 'true', {}],
  retry: [
    null,
    '5',
    true,
    1.5,
    -1,
    { times: 3 },
    { count: '3' },
    { statuses: [200] },
    { statuses: 503 },
    { minDelay: -1 },
    { maxDelay: longest + 1 },
  ],
  resume: [
    ...[null, 5, 'yes', { count: 5 }, { attempts: -1 }, { attempts: null }, { minDelay: -1 }],
    ...[{ maxDelay: '5' }, { onToken: true }, { version: 5 }, { version: '8' }],
    ...[{ location: '/uploads/a' }, { location: 'ftp://a.example/' }, { location: null }],
    ...[
      { ...token, offset: -1 },
      { ...token, length: '5' },
      { ...token, revision: 5 },
    ],
  ],
  timeouts: [null, 5, '5', { idle: 5 }, { stall: '5' }, { total: -1 }, { body: longest + 1 }],
  authenticate: [
    ...[true, 5, 5n, 'user:secret', Symbol('secret'), [], {}, new Map(), pair],
    { bearer: 'secret' },
    { basic: pair },
    { digest: pair, origin: undefined },
    { basic: pair, origin: null },
    { basic: pair, origin: 'uploads.example' },
    { origin: 'https://uploads.example' },
    { basic: null },
    { basic: 'user:secret' },
    { basic: { username: 'secret' } },
    { basic: { username: 'a:b', password: 'secret' } },
    { digest: { username: 'user', password: 5 } },
    { digest: { username: 'user', password: 'sec\r\nret' } },
    { digest: pair, proxy: pair },
    { digest: pair, proxy: {} },
    { digest: pair, proxy: { proxy: pair } },
    { digest: pair, proxy: { basic: { username: 'secret' } } },
  ],
}

function said(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `{${Object.keys(value).join(', ')}}`
  return `${typeof value} ${String(value)}`
}

describe('defaults', () => {
  it('are those in the documentation', () => {
    expect(defaults).to.deep.equal({
      expect: 'auto',
      threshold: 1_048_576,
      continueTimeout: 1000,
      replayWindow: 262_144,
      rescueTimeout: 500,
      redirect: 'manual',
      maxRedirections: 5,
      allowInsecureRedirect: false,
      retry: 0,
      resume: false,
      timeouts: {},
      authenticate: null,
    })
  })

  it('exist for every option except the memory', () => {
    expect([...Object.keys(defaults), 'memory']).to.have.members([...expectOptionNames])
  })
})

describe('mergeOptions', () => {
  it('overrides settings with options, and changes neither', () => {
    const options: ExpectOptions = Object.freeze({ expect: 'always', memory })
    const settings = mergeOptions(options, base)
    expect(settings).to.deep.equal({ ...base, expect: 'always', memory })
    expect(settings).to.satisfy(Object.isFrozen)
    expect(base).to.include({ expect: 'auto', memory: false })
  })

  it('ignores undefined options', () => {
    const options = Object.fromEntries(expectOptionNames.map((name) => [name, undefined]))
    expect(mergeOptions(options, base)).to.deep.equal(base)
  })

  it('copies no other names', () => {
    expect(mergeOptions({ headers: 'x' } as ExpectOptions, base)).to.deep.equal(base)
  })

  for (const name of expectOptionNames) {
    for (const value of good[name]) {
      it(`accepts ${name} ${said(value)}`, () => {
        expect(mergeOptions({ [name]: value }, base)[name]).to.equal(value)
      })
    }

    for (const value of bad[name]) {
      it(`rejects ${name} ${said(value)}, by name`, () => {
        expect(() => mergeOptions({ [name]: value }, base)).to.throw(
          TypeError,
          new RegExp(`^Option '${name}(\\.\\w+)?' (must be|has no) ((?!secret).)+$`),
        )
      })
    }
  }

  const messages: readonly (readonly [ExpectOptions, string])[] = [
    [{ expect: 'maybe' as 'auto' }, "'auto', 'always' or 'never', not 'maybe'"],
    [{ threshold: -1 }, 'a number of bytes, 0 or more, not -1'],
    [
      { continueTimeout: longest + 1 },
      `milliseconds from 0 to ${longest} or 'adaptive', not ${longest + 1}`,
    ],
    [{ memory: {} as RouteMemory }, 'a RouteMemory or false, not an object'],
    [{ retry: 1.5 }, 'RetryOptions or a number of attempts, 0 or more, not 1.5'],
    [
      { authenticate: 'user:secret' as never },
      "a function, null or an object that has 'basic', 'digest' or 'proxy', not a string",
    ],
    [
      { authenticate: { proxy: { digest: {} as typeof pair } } },
      "an object whose 'proxy.digest' is { username, password } in text without control characters, not this object",
    ],
    [
      { authenticate: { basic: pair } },
      "an object whose 'origin' says which origin gets the credentials, for there may be many, not this object",
    ],
    [
      { authenticate: { basic: { username: 'a:b', password: 'c' } } },
      "an object whose 'basic' is { username, password } without ':' in the name, not this object",
    ],
  ]
  for (const [options, wanted] of messages) {
    it(`names the expected value: ${wanted}`, () => {
      const [name] = Object.keys(options)
      expect(() => mergeOptions(options, base)).to.throw(`Option '${name}' must be ${wanted}`)
    })
  }

  const nested: readonly (readonly [ExpectOptions, string])[] = [
    [{ retry: { count: -1 } }, "'retry.count' must be a number of attempts, 0 or more, not -1"],
    [
      { timeouts: { total: Number.POSITIVE_INFINITY } },
      `'timeouts.total' must be milliseconds from 0 to ${longest}, not Infinity`,
    ],
    [
      { resume: { location: 'ftp://uploads.example/secret' } },
      "'resume.location' must be a URL of http: or https:, not a string",
    ],
    [
      { retry: { times: 3 } as object },
      "'retry' has no 'times'; known are count, statuses, minDelay, maxDelay",
    ],
  ]
  for (const [options, message] of nested) {
    it(`names what is wrong inside an option: ${message}`, () => {
      expect(() => mergeOptions(options, base)).to.throw(TypeError, `Option ${message}`)
    })
  }
})

describe('callOptions', () => {
  it('restrict credentials to the origin of the URL', () => {
    const { authenticate } = callOptions({ authenticate: { basic: pair } }, `${origin}/file?x=1`)
    expect(authenticate).to.deep.include({ basic: pair, origin })
  })

  it('keep credentials for the origin that they name', () => {
    const authenticate = { basic: pair, origin }
    const options = callOptions({ authenticate }, 'https://other.example')
    expect(options.authenticate).to.equal(authenticate)
  })

  for (const url of ['data:,x', 'about:blank', 'no URL']) {
    it(`have no credentials for ${url}`, () => {
      expect(callOptions({ authenticate: { basic: pair } }, url).authenticate).to.equal(null)
    })
  }

  for (const authenticate of bad.authenticate.slice(0, 8)) {
    it(`reject authenticate ${said(authenticate)}`, () => {
      expect(() => callOptions({ authenticate }, origin)).to.throw("Option 'authenticate' must be")
    })
  }
})

describe('pickExpectOptions', () => {
  for (const name of expectOptionNames) {
    it(`finds ${name} alone`, () => {
      expect(pickExpectOptions({ method: 'PUT', [name]: null })).to.deep.equal({ [name]: null })
    })
  }

  it('finds the options among others', () => {
    const picked = pickExpectOptions({ method: 'PUT', threshold: 5, memory: false })
    expect(picked).to.deep.equal({ threshold: 5, memory: false })
  })

  it('returns null values, so that they are rejected later', () => {
    expect(pickExpectOptions({ expect: null })).to.deep.equal({ expect: null })
  })

  for (const options of [{}, { method: 'PUT' }, { expect: undefined }]) {
    it(`finds none in {${Object.keys(options)}}`, () => {
      expect(pickExpectOptions(options)).to.equal(null)
    })
  }
})

describe('refuseUnknown', () => {
  it('accepts known names', () => {
    expect(() => refuseUnknown({ a: 1, b: undefined }, ['a', 'b', 'c'])).not.to.throw()
  })

  it('throws an error with the unknown name and the known ones', () => {
    const refuse = (): void => refuseUnknown({ a: 1, thresold: 2 }, ['a', 'threshold'])
    expect(refuse).to.throw(TypeError, "Unknown option 'thresold'; known are a, threshold")
  })
})
