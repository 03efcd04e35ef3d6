import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { expect } from 'chai'
import { request } from 'undici'
import {
  type ContentInput,
  ExpectAgent,
  type ExpectAgentOptions,
  fetch,
  RouteMemory,
  type UploadOptions,
  upload,
} from '../../lib/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'

const tenants = ['A', 'B', 'C', 'D', 'E']
const storage = new AsyncLocalStorage<string>()
const bytes = noise(50_000)

/** Writes down which tenant's store is seen where. */
class Diary {
  readonly seen: [where: string, store: string | undefined][] = []

  note(where: string): void {
    this.seen.push([where, storage.getStore()])
  }

  /** The places that saw another store than this. */
  foreign(tenant: string): string[] {
    const wrong = this.seen.filter(([, store]) => store !== tenant)
    return wrong.map(([where, store]) => `${where} of ${tenant} saw ${store}`)
  }

  saw(...places: string[]): void {
    const all = this.seen.map(([where]) => where)
    expect(all, 'the places').to.include.members(places)
  }
}

/** Content whose every piece notes its store, and what is noted when it is sent and when it is left. */
interface Kind {
  /** Makes it of so many pieces; where they never end, somebody has to leave it. */
  make(diary: Diary, pieces: number): unknown
  readonly sent: readonly string[]
  readonly left: readonly string[]
}

const kinds = new Map<string, Kind>([
  [
    'a function',
    {
      make: (diary, pieces) => () => {
        diary.note('function')
        return generate(diary, pieces)
      },
      sent: ['function', 'generator', 'generator after a turn', 'finally'],
      left: ['function', 'generator', 'finally'],
    },
  ],
  [
    'an async function',
    {
      make: (diary, pieces) => async () => {
        diary.note('function')
        await new Promise((turn) => setImmediate(turn))
        diary.note('function after a turn')
        return generate(diary, pieces)
      },
      sent: ['function', 'function after a turn', 'generator', 'finally'],
      left: ['function', 'generator', 'finally'],
    },
  ],
  [
    'a length and a function',
    {
      make: (diary, pieces) => ({
        length: Math.min(pieces, 1_000_000) * bytes.length,
        open: () => {
          diary.note('open')
          return generate(diary, pieces)
        },
      }),
      sent: ['open', 'generator', 'finally'],
      left: ['open', 'generator', 'finally'],
    },
  ],
  [
    'a generator',
    {
      make: generate,
      sent: ['generator', 'generator after a turn', 'finally'],
      left: ['generator', 'finally'],
    },
  ],
  [
    'an iterator',
    {
      make: (diary, pieces) => {
        let count = 0
        const content = {
          next: async () => {
            diary.note('next')
            await new Promise((turn) => setImmediate(turn))
            count += 1
            return count > pieces ? { done: true, value: undefined } : { done: false, value: bytes }
          },
          return: async () => {
            diary.note('return')
            return { done: true, value: undefined }
          },
          [Symbol.asyncIterator]: () => content,
        }
        return content
      },
      sent: ['next'],
      left: ['next', 'return'],
    },
  ],
  [
    'a Node stream',
    {
      make: (diary, pieces) => {
        let count = 0
        return new Readable({
          read() {
            diary.note('read')
            count += 1
            this.push(count > pieces ? null : bytes)
          },
          destroy(error, done) {
            diary.note('destroy')
            done(error)
          },
        })
      },
      sent: ['read'],
      left: ['read', 'destroy'],
    },
  ],
  [
    'a web stream',
    {
      make: (diary, pieces) => {
        let count = 0
        const source = {
          pull: (controller: ReadableStreamDefaultController<Uint8Array>) => {
            diary.note('pull')
            count += 1
            if (count > pieces) controller.close()
            else controller.enqueue(bytes)
          },
          cancel: () => diary.note('cancel'),
        }
        return new ReadableStream<Uint8Array>(source, { highWaterMark: 0 })
      },
      sent: ['pull'],
      left: ['pull', 'cancel'],
    },
  ],
])

async function* generate(diary: Diary, pieces: number): AsyncGenerator<Buffer> {
  try {
    diary.note('generator')
    for (let count = 0; count < pieces; count++) {
      yield bytes
      await new Promise((turn) => setImmediate(turn))
      diary.note('generator after a turn')
    }
  } finally {
    diary.note('finally')
  }
}

/** Wants a token, gives hints, lets the content go, and takes it, or answers in the middle of it. */
const play: Play = (request, response, asked) => {
  const { authorization } = request.headers
  const status = authorization === undefined ? 401 : 201
  const answer = (): void => {
    response.statusCode = status
    if (status === 401) response.setHeader('www-authenticate', 'Bearer')
    response.end(authorization)
  }
  if (status === 401) {
    answer()
    return
  }
  response.writeEarlyHints({ link: '</style.css>; rel=preload' })
  if (asked) response.writeContinue()
  if (request.url === '/early') request.once('data', answer)
  else request.resume().on('end', answer)
}

type Ways = Record<
  string,
  (url: string, content: ContentInput, own: object) => Promise<string | undefined>
>

const ways: Ways = {
  upload: async (url, content, own) => {
    const { response } = await upload(url, content, own as UploadOptions)
    return response.text()
  },
  fetch: async (url, body, own) => {
    const response = await fetch(url, { method: 'PUT', body, ...own })
    return response.text()
  },
  request: async (url, body, own) => {
    const answer = await request(url, { method: 'PUT', body: body as Buffer, ...own })
    return answer.body.text()
  },
}

/** What a tenant asks for, each with callbacks of its own. */
function listening(diary: Diary, name: string): object {
  const authenticate = async () => {
    diary.note('authenticate')
    await new Promise((turn) => setImmediate(turn))
    return { authorization: `Bearer ${storage.getStore()}` }
  }
  if (name === 'request') return { authenticate }
  return {
    authenticate,
    onProgress: () => diary.note('onProgress'),
    onInterim: () => diary.note('onInterim'),
    onContinue: () => diary.note('onContinue'),
  }
}

const connections: Record<string, { options: ExpectAgentOptions; atOnce: boolean }> = {
  'fresh connections': { options: {}, atOnce: true },
  'a connection that is kept': { options: { connections: 1 }, atOnce: false },
  'a connection that is shared': { options: { connections: 1 }, atOnce: true },
}

for (const protocol of ['http/1.1', 'h2']) {
  for (const [name, way] of Object.entries(ways)) {
    describe(`five tenants over ${protocol}, through ${name}`, function () {
      this.timeout(4000)

      for (const [where, { options, atOnce }] of Object.entries(connections)) {
        for (const [what, kind] of kinds) {
          for (const path of ['/whole', '/early']) {
            it(`see their own stores: ${what}, ${where}, ${path}`, async () => {
              const front = await tlsFront([protocol], play)
              const connect = { ca: front.ca }
              const own = { ...options, connect, allowH2: protocol === 'h2' }
              const wait = { expect: 'always', continueTimeout: 60_000 } as const
              const dispatcher = new ExpectAgent({ ...own, ...wait, memory: new RouteMemory() })
              closeLater(() => dispatcher.destroy())
              const send = (tenant: string): Promise<void> =>
                storage.run(tenant, async () => {
                  const diary = new Diary()
                  const pieces = path === '/whole' ? 2 : Number.POSITIVE_INFINITY
                  const content = kind.make(diary, pieces) as ContentInput
                  const callbacks = listening(diary, name)
                  const text = await way(front.url + path, content, { dispatcher, ...callbacks })
                  // What is left is let go when the answer has been handed over.
                  for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate)
                  expect(text, 'whose token it was').to.equal(`Bearer ${tenant}`)
                  expect(diary.foreign(tenant), 'foreign stores').to.deep.equal([])
                  diary.saw(...(path === '/whole' ? kind.sent : kind.left), 'authenticate')
                  if (name === 'request') return
                  diary.saw('onProgress', 'onInterim', 'onContinue')
                })
              if (atOnce) await Promise.all(tenants.map(send))
              else for (const tenant of tenants) await send(tenant)
            })
          }
        }
      }
    })
  }
}
