import { once } from 'node:events'
import { openAsBlob, writeFileSync } from 'node:fs'
import { PassThrough, Readable, Writable } from 'node:stream'
import { expect } from 'chai'
import { type ContentInput, fromFile, type UploadError } from '../../lib/index.ts'
import { noise } from '../support/contents.ts'
import { type Face, ownFaces, type Sending } from '../support/faces.ts'
import { temporaryFile, temporaryFolder } from '../support/files.ts'
import { origin, type Script } from '../support/origin.ts'
import { Pushing } from '../support/piped.ts'
import { goAhead, response } from '../support/responses.ts'

const bytes = noise(50_000)
const asking = { expect: 'always', continueTimeout: 60_000 } as const

function blob(): Promise<Blob> {
  const path = temporaryFile()
  writeFileSync(path, bytes)
  return openAsBlob(path)
}

/** Sends a 100 and accepts the content. */
const takes =
  (length: number | null): Script =>
  async (wire) => {
    const head = await wire.head()
    expect(head).to.match(/^expect: 100-continue\r$/im)
    if (length === null) expect(head).to.match(/^transfer-encoding: chunked\r$/im)
    else expect(head).to.match(new RegExp(`^content-length: ${length}\r$`, 'im'))
    wire.raw(goAhead)
    expect((await wire.content(head)).equals(bytes), 'whether it is the content').to.equal(true)
    wire.raw(response(201, 'stored'))
  }

/** Sends a 100 and gets no complete message. */
const getsIncomplete: Script = async (wire) => {
  const head = await wire.head()
  wire.raw(goAhead)
  const text = (await wire.closed()).toString('latin1')
  expect(/^content-length: 0\r$/im.test(head), 'an empty message').to.equal(false)
  expect(text, 'bytes after the head').to.equal('')
}

/** The error of an upload, without the TypeError of fetch. A synchronous throw fails the spec. */
async function failureOf(face: Face, url: string, content: () => ContentInput): Promise<unknown> {
  const send = face.open(asking)
  let call: Promise<unknown>
  try {
    call = send(url, content(), {})
  } catch (error) {
    throw new Error('It throws synchronously', { cause: error })
  }
  const failure = await call.then(
    () => 'it resolves',
    (error) => error,
  )
  return face.wraps && failure instanceof TypeError && failure.cause ? failure.cause : failure
}

const made: readonly [string, () => unknown, number | null, Sending?][] = [
  ['an async function that opens a Blob', () => blob, null],
  ['an async function that makes a stream', () => async () => Readable.from([bytes]), null],
  [
    'an async function whose length is declared',
    () => blob,
    bytes.length,
    { headers: { 'content-length': String(bytes.length) } },
  ],
  ['a length and what opens a Blob', () => ({ length: bytes.length, open: blob }), bytes.length],
  [
    'a length and what makes a generator',
    () => ({
      length: bytes.length,
      open: () =>
        (async function* () {
          yield bytes
        })(),
    }),
    bytes.length,
  ],
  ['an object whose open() uses it', () => new Opened(), bytes.length],
  ['a generator that fills one buffer again and again', () => refilling(), null],
  ['a function that returns such a generator', () => refilling, null],
  ['an iterable that does', () => refillingAtOnce(), null],
]

async function* refilling(): AsyncGenerator<Buffer> {
  yield* refillingAtOnce()
}

function* refillingAtOnce(): Generator<Buffer> {
  const buffer = Buffer.alloc(7000)
  for (let at = 0; at < bytes.length; at += buffer.length) {
    yield buffer.subarray(0, bytes.copy(buffer, 0, at))
  }
}

class Opened {
  readonly #bytes = bytes
  readonly length = bytes.length

  open(): Buffer {
    return this.#bytes
  }
}

/** Other code that reads the same stream; returns a function with the number of bytes it got. */
const readers: Record<string, (stream: Readable) => () => number> = {
  'a listener': (stream) => {
    let count = 0
    stream.on('data', ({ length }: Buffer) => {
      count += length
    })
    return () => count
  },
  'a pipe': (stream) => {
    let count = 0
    const counter = new Writable({
      write({ length }: Buffer, _encoding, callback) {
        count += length
        callback()
      },
    })
    stream.pipe(counter)
    return () => count
  },
}

/** Other code that reads a ReadableStream, or a part of it. */
const takers: Record<string, (stream: ReadableStream) => Promise<unknown>> = {
  'a chunk is read': async (stream) => {
    const reader = stream.getReader()
    await reader.read()
    reader.releaseLock()
  },
  'it is cancelled': (stream) => stream.cancel(),
  'it is locked': async (stream) => stream.getReader(),
}

/** Other code that reads a stream that can only be piped. */
const pipers: Record<string, (stream: Pushing) => unknown> = {
  'all of it is piped': (stream) => stream.pipe(new PassThrough().resume()),
  'a part of it is pushed': (stream) => stream.emit('data', bytes.subarray(0, 100)),
  'it is destroyed': (stream) => stream.destroy(),
}

/** A stream whose first bytes were read and unshifted. */
async function lookedAt(): Promise<Readable> {
  const stream = Readable.from([bytes.subarray(0, 9000), bytes.subarray(9000)])
  stream.once('data', (first: Buffer) => {
    stream.pause().unshift(first)
  })
  await once(stream, 'pause')
  return stream
}

const unreads: Record<string, () => Readable | Promise<Readable>> = {
  'not read before': () => Readable.from([bytes]),
  'looked at before': lookedAt,
}

for (const face of ownFaces) {
  describe(`content from a function, opened after the 100, through ${face.name}`, function () {
    this.timeout(2000)

    for (const [kind, make, length, sending] of made) {
      it(`arrives complete: ${kind}`, async () => {
        const peer = await origin(takes(length))
        const { status } = await face.open(asking)(peer.url, make() as ContentInput, sending)
        expect(status).to.equal(201)
        await peer.done
      })
    }

    it('arrives complete at the next attempt too, from a generator that reuses one buffer', async () => {
      const refuses: Script = async (wire) => {
        const head = await wire.head()
        wire.raw(goAhead)
        await wire.content(head)
        wire.raw(response(417, 'not so'))
      }
      const takesUnasked: Script = async (wire) => {
        const head = await wire.head()
        expect(head).not.to.match(/^expect/im)
        expect((await wire.content(head)).equals(bytes), 'whether it is the content').to.equal(true)
        wire.raw(response(201, 'stored'))
      }
      const peer = await origin(refuses, takesUnasked)
      const { status } = await face.open(asking)(peer.url, refilling())
      expect(status).to.equal(201)
      await peer.done
    })

    const reason = new Error('The dump failed')
    const failing: Record<string, () => unknown> = {
      'a function that throws': () => () => {
        throw reason
      },
      'an async function that rejects': () => async () => {
        throw reason
      },
      'a length and a function that throws': () => ({
        length: 10,
        open: () => {
          throw reason
        },
      }),
      'a length and a function that rejects': () => ({
        length: 10,
        open: async () => Promise.reject(reason),
      }),
    }
    for (const [kind, make] of Object.entries(failing)) {
      it(`fails with its own error: ${kind}`, async () => {
        const peer = await origin(getsIncomplete)
        const failure = await failureOf(face, peer.url, make as () => ContentInput)
        expect(failure).to.equal(reason)
        await peer.done
      })
    }

    for (const [kind, make] of [
      ['a function', () => () => 5],
      ['an async function', () => async () => ({})],
      ['a length and a function', () => ({ length: 3, open: () => null })],
    ] as const) {
      it(`fails with a TypeError if ${kind} returns an unsupported value`, async () => {
        const peer = await origin(getsIncomplete)
        const failure = await failureOf(face, peer.url, make as unknown as () => ContentInput)
        expect(failure).to.be.instanceOf(TypeError)
        expect((failure as Error).message).to.match(/^Content must be/)
        await peer.done
      })
    }
  })

  describe(`a file that cannot be read, through ${face.name}`, function () {
    this.timeout(2000)

    it('rejects when it is missing, and nothing is sent', async () => {
      const peer = await origin()
      const failure = await failureOf(face, peer.url, () => fromFile('/nowhere/missing'))
      expect(failure).to.have.property('code', 'ENOENT')
      expect(peer.connections).to.equal(0)
    })

    it('rejects when it is a folder, and nothing is sent', async () => {
      const peer = await origin()
      const failure = await failureOf(face, peer.url, () => fromFile(temporaryFolder()))
      expect(failure).to.be.instanceOf(Error)
      expect((failure as UploadError).message).to.match(/regular file|EISDIR/)
      expect(peer.connections).to.equal(0)
    })
  })

  describe(`a ReadableStream that other code reads before the 100, through ${face.name}`, function () {
    this.timeout(2000)

    for (const [name, take] of Object.entries(takers)) {
      it(`is never a complete message: ${name}`, async () => {
        const stream = ReadableStream.from([bytes.subarray(0, 9000), bytes.subarray(9000)])
        const peer = await origin(async (wire) => {
          await take(stream)
          await getsIncomplete(wire)
        })
        const failure = await failureOf(face, peer.url, () => stream)
        expect(failure).to.have.property('code', 'ERR_EXPECT_CONTENT_GONE')
        await peer.done
      })
    }
  })

  describe(`a stream that can only be piped, through ${face.name}`, function () {
    this.timeout(2000)

    for (const [name, take] of Object.entries(pipers)) {
      it(`is never a complete message when other code reads it before the 100: ${name}`, async () => {
        const stream = new Pushing([bytes.subarray(0, 9000), bytes.subarray(9000)])
        const peer = await origin(async (wire) => {
          take(stream)
          await getsIncomplete(wire)
        })
        const failure = await failureOf(face, peer.url, () => stream as unknown as Readable)
        expect(failure).to.have.property('code', 'ERR_EXPECT_CONTENT_GONE')
        await peer.done
      })
    }

    it('is rejected when it was sent before', async () => {
      const peer = await origin(takes(null))
      const stream = new Pushing([bytes])
      await face.open(asking)(peer.url, stream as unknown as Readable)
      await peer.done
      const failure = await failureOf(face, peer.url, () => stream as unknown as Readable)
      expect(String((failure as Error).message)).to.contain('The stream was read before')
      expect(peer.connections).to.equal(1)
    })
  })

  describe(`a stream that other code also reads, through ${face.name}`, function () {
    this.timeout(2000)

    for (const [name, read] of Object.entries(readers)) {
      it(`arrives complete at the origin and at the other reader: ${name}`, async () => {
        const peer = await origin(takes(null))
        const stream = Readable.from([bytes.subarray(0, 9000), bytes.subarray(9000)])
        const count = read(stream)
        const { status } = await face.open(asking)(peer.url, stream)
        expect(status).to.equal(201)
        expect(count()).to.equal(bytes.length)
        await peer.done
      })

      it(`is rejected when it was read to its end before, and has not ended: ${name}`, async () => {
        const peer = await origin()
        const stream = new PassThrough()
        read(stream)
        stream.end(bytes)
        const failure = await failureOf(face, peer.url, () => stream)
        expect(failure).to.be.instanceOf(TypeError)
        expect((failure as Error).message).to.match(/^The stream was read to its end/)
        expect(peer.connections).to.equal(0)
      })

      for (const [state, unread] of Object.entries(unreads)) {
        it(`is never a complete message when the other reader started before the 100: ${name}, ${state}`, async () => {
          const stream = await unread()
          const peer = await origin(async (wire) => {
            const ended = once(stream, 'end')
            read(stream)
            stream.resume()
            await ended
            await getsIncomplete(wire)
          })
          const failure = await failureOf(face, peer.url, () => stream)
          expect(failure).to.have.property('code', 'ERR_EXPECT_CONTENT_GONE')
          await peer.done
        })
      }

      it(`arrives complete at both readers after its first bytes were unshifted: ${name}`, async () => {
        const peer = await origin(takes(null))
        const stream = await lookedAt()
        const count = read(stream)
        stream.resume()
        const { status } = await face.open(asking)(peer.url, stream)
        expect(status).to.equal(201)
        expect(count()).to.equal(bytes.length)
        await peer.done
      })
    }
  })
}
