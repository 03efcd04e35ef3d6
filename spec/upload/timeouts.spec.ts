import { expect } from 'chai'
import { errors } from 'undici'
import { type UploadOptions, upload } from '../../lib/client/upload.ts'
import { UploadError, type UploadPhase } from '../../lib/errors.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { standingClock } from '../support/clock.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { agentFor, ownFaces } from '../support/faces.ts'
import { origin, type Script } from '../support/origin.ts'
import { answer, goAhead } from '../support/steps.ts'
import { threadOrigin } from '../support/thread-origin.ts'

const small = noise(4096)

/** More chunks than the buffers of the system hold. */
function* plenty(): Generator<Buffer> {
  for (let count = 0; count < 256; count++) yield Buffer.alloc(262_144, 'a')
}

async function failureOf(
  url: string,
  content: Parameters<typeof upload>[1],
  options: UploadOptions,
): Promise<UploadError> {
  const failure = await upload(url, content, { dispatcher: agentFor(), ...options }).then(
    async ({ response }) => response.text().then(() => new Error('it did not fail')),
    (error) => error,
  )
  expect(failure).to.be.instanceOf(UploadError)
  return failure
}

interface Row {
  readonly name: string
  readonly code: string
  readonly phase: UploadPhase
  readonly script: Script
  readonly content: () => Parameters<typeof upload>[1]
  readonly options: () => UploadOptions
}

const patient = { expect: 'always', continueTimeout: 60_000 } as const

const rows: readonly Row[] = [
  {
    name: 'the connection accepts no content',
    code: 'ERR_EXPECT_STALL_TIMEOUT',
    phase: 'sending',
    script: async (wire) => {
      await wire.head()
      wire.socket.pause()
      wire.send('HTTP/1.1 100 Continue')
    },
    content: plenty,
    options: () => ({ timeouts: { stall: 20 } }),
  },
  {
    name: 'no response arrives after the content',
    code: 'ERR_EXPECT_HEADERS_TIMEOUT',
    phase: 'sending',
    script: async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 100 Continue')
      await wire.closed()
    },
    content: () => small,
    options: () => ({ timeouts: { headers: 20 } }),
  },
  {
    name: 'the head of the response stops halfway, before the content',
    code: 'ERR_EXPECT_HEADERS_TIMEOUT',
    phase: 'responding',
    script: async (wire) => {
      await wire.head()
      wire.raw('HTTP/1.1 413 Content Too Large\r\ncontent-')
      await wire.closed()
    },
    content: () => small,
    options: () => ({ timeouts: { headers: 20 } }),
  },
  {
    name: 'no response arrives within the timeout of undici',
    code: 'ERR_EXPECT_HEADERS_TIMEOUT',
    phase: 'sending',
    script: async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 100 Continue')
      await wire.closed()
    },
    content: () => small,
    options: () => ({ dispatcher: agentFor({ headersTimeout: 20 }) }),
  },
  {
    name: 'the whole upload takes too long',
    code: 'ERR_EXPECT_TOTAL_TIMEOUT',
    phase: 'waiting',
    script: async (wire) => {
      await wire.head()
      await wire.closed()
    },
    content: () => small,
    options: () => ({ timeouts: { total: 20 } }),
  },
]

describe('timeouts', () => {
  for (const { name, code, phase, script, content, options } of rows) {
    it(`fails with ${code} when ${name}`, async () => {
      const { url } = await origin(script)
      const failure = await failureOf(url, content(), { ...patient, ...options() })
      expect(failure).to.include({ code, phase, attempt: 1 })
    })
  }

  it('fails with ERR_EXPECT_BODY_TIMEOUT when the response stalls', async () => {
    const peer = await origin(async (wire) => {
      const head = await wire.head()
      wire.send('HTTP/1.1 100 Continue')
      await wire.content(head)
      wire.send('HTTP/1.1 200 OK', 'Content-Length: 10')
      await wire.closed()
    })
    const { response } = await upload(peer.url, small, {
      ...patient,
      timeouts: { body: 20 },
      dispatcher: agentFor(),
    })
    const failure = await response.text().catch((error) => error)
    expect(failure.cause).to.include({ code: 'ERR_EXPECT_BODY_TIMEOUT', phase: 'responding' })
  })

  const unasked = {
    'a timeout for headers': 'headers',
    'a timeout for all of it': 'total',
  } as const
  for (const [name, timeout] of Object.entries(unasked)) {
    const code = timeout === 'total' ? 'ERR_EXPECT_TOTAL_TIMEOUT' : 'ERR_EXPECT_HEADERS_TIMEOUT'
    for (const face of ownFaces) {
      it(`applies ${name} to small content without an expectation, through ${face.name}`, async () => {
        const peer = await origin(async (wire) => {
          await wire.closed()
        })
        const send = face.open({ timeouts: { [timeout]: 20 } })
        const failure = await send(peer.url, small).catch((error) => error)
        expect(face.wraps && failure instanceof TypeError ? failure.cause : failure).to.include({
          code,
        })
      })
    }
  }

  it('fails with ERR_EXPECT_CONNECT_TIMEOUT when no connection is made', async () => {
    const dispatcher = agentFor({
      connect: (_target, callback) => callback(new errors.ConnectTimeoutError('too late'), null),
    })
    const failure = await failureOf('http://127.0.0.1:8080', small, { ...patient, dispatcher })
    expect(failure).to.include({ code: 'ERR_EXPECT_CONNECT_TIMEOUT', phase: 'connecting' })
    expect(failure.cause).to.be.instanceOf(errors.ConnectTimeoutError)
  })

  for (const mode of ['always', 'never'] as const) {
    it(`fails with ERR_EXPECT_CONNECT_TIMEOUT when connecting takes too long: expect ${mode}`, async () => {
      const dispatcher = agentFor({ connect: () => {} })
      const options = { expect: mode, timeouts: { connect: 20 }, dispatcher }
      const failure = await failureOf('http://127.0.0.1:8080', small, options)
      expect(failure).to.include({ code: 'ERR_EXPECT_CONNECT_TIMEOUT', phase: 'connecting' })
      expect(failure.message).to.match(/within 20 ms \(timeouts\.connect\)/)
    })
  }

  it('limits the time to connect, and not what follows', async () => {
    const clock = standingClock()
    const peer = await origin(async (wire) => {
      const head = await wire.head()
      clock.tick(1000)
      wire.send('HTTP/1.1 100 Continue')
      await wire.content(head)
      clock.tick(1000)
      wire.send('HTTP/1.1 201 Created', 'Content-Length: 0')
    })
    const { response } = await upload(peer.url, small, {
      ...patient,
      timeouts: { connect: 100 },
      dispatcher: agentFor(),
    })
    expect(response.status).to.equal(201)
  })

  it('does not end a slow upload that makes progress', async () => {
    const server = await startOrigin()
    closeLater(() => server.close())
    const clock = standingClock()
    const { response } = await upload(
      server.url,
      Array.from({ length: 8 }, () => noise(250_000)),
      {
        ...patient,
        timeouts: { stall: 100, headers: 100 },
        dispatcher: agentFor({ headersTimeout: 100 }),
        onProgress: ({ phase }) => {
          if (phase === 'sending') clock.tick(99)
        },
      },
    )
    expect(clock.now).to.be.above(300)
    expect(response.status).to.equal(201)
  })

  it('does not count the time that the source takes', async () => {
    const server = await startOrigin()
    closeLater(() => server.close())
    const clock = standingClock()
    let accepted = (_sent: number): void => {}
    async function* slow(): AsyncGenerator<Buffer> {
      for (let count = 1; count <= 5; count++) {
        const written = new Promise<void>((done) => {
          accepted = (sent) => sent === count * small.length && done()
        })
        yield small
        await written
        clock.tick(1000)
      }
    }
    const { response } = await upload(server.url, slow(), {
      ...patient,
      timeouts: { stall: 100 },
      dispatcher: agentFor(),
      onProgress: ({ sent }) => accepted(sent),
    })
    expect(response.status).to.equal(201)
  })

  for (const timeout of ['headers', 'total'] as const) {
    it(`accepts a response that arrived in time when the event loop is late: ${timeout}`, async () => {
      const peer = await threadOrigin([
        { do: 'head' },
        goAhead,
        { do: 'read', bytes: small.length },
        answer('201 Created'),
        { do: 'count' },
        { do: 'closed' },
      ])
      const dispatcher = agentFor()
      const { response } = await upload(peer.url, small, {
        ...patient,
        timeouts: { [timeout]: 500 },
        dispatcher,
        onProgress: ({ phase, sent }) => {
          if (phase !== 'sending' || sent < small.length) return
          // In the next tick, the timeout for the response has started.
          process.nextTick(() => {
            const due = performance.now() + 500
            peer.blockUntil(1)
            while (performance.now() <= due);
          })
        },
      })
      expect(response.status).to.equal(201)
    })
  }

  it('leaves no timer', async () => {
    const server = await startOrigin()
    closeLater(() => server.close())
    const clock = standingClock()
    const timeouts = { connect: 1000, stall: 1000, headers: 1000, body: 1000, total: 1000 }
    const dispatcher = agentFor()
    const { response } = await upload(server.url, small, { ...patient, timeouts, dispatcher })
    await response.text()
    await dispatcher.close()
    expect(clock.countTimers()).to.equal(0)
  })
})
