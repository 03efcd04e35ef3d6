import { createReadStream } from 'node:fs'
import { PassThrough, type Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import axios from 'axios'
import { expect } from 'chai'
import { expectAdapter } from '../../lib/adapters/axios.ts'
import { content, fileStream, startedOrigin, waitFor } from '../support/adapters-content.ts'
import { muteOrigin } from '../support/adapters-mute.ts'
import { temporaryFile } from '../support/files.ts'
import { origin as scriptedOrigin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'
import type { Wire } from '../support/wire.ts'

const client = axios.create({ adapter: expectAdapter({ memory: false, ...waitFor() }) })
/** Sends less than it announced. */
const breakingOff = async (wire: Wire): Promise<void> => {
  await wire.head()
  wire.send('HTTP/1.1 200 OK', 'Content-Length: 10')
  wire.raw('text')
  wire.end()
}

const json = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' }

describe("expectAdapter's responses", () => {
  it('are parsed from JSON by default', async () => {
    const origin = await startedOrigin({ response: json })

    const { data, headers, statusText } = await client.get(origin.url)

    expect(data).to.deep.equal({ a: 1 })
    expect(headers['content-type']).to.equal('application/json')
    expect(statusText).to.equal('OK')
  })

  const types = [
    ['text', (data: unknown) => data],
    ['arraybuffer', (data: unknown) => (data as Buffer).toString()],
    [
      'stream',
      async (data: unknown) => Buffer.concat(await (data as Readable).toArray()).toString(),
    ],
    ['blob', (data: unknown) => (data as Blob).text()],
  ] as const

  for (const [responseType, read] of types) {
    it(`are of type ${responseType}`, async () => {
      const origin = await startedOrigin({ response: json })

      const { data } = await client.get(origin.url, { responseType })

      expect(await read(data)).to.equal('{"a":1}')
    })
  }

  it('are decoded, and no longer say that they are encoded', async () => {
    const headers = { 'content-encoding': 'gzip' }
    const origin = await startedOrigin({
      response: { status: 200, headers, body: gzipSync('text') },
    })

    const response = await client.get(origin.url)

    expect(response.data).to.equal('text')
    expect(response.headers['content-encoding']).to.equal(undefined)
  })

  it('have their cookies in a list', async () => {
    const peer = await scriptedOrigin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 200 OK', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'Content-Length: 0')
    })

    const { headers } = await client.get(peer.url)

    expect(headers['set-cookie']).to.deep.equal(['a=1', 'b=2'])
    await peer.done
  })

  for (const responseType of ['text', 'stream'] as const) {
    it(`of type ${responseType} end at maxContentLength`, async () => {
      const origin = await startedOrigin({ response: json })
      const config = { responseType, maxContentLength: 2 }

      const error = await client
        .get(origin.url, config)
        .then(({ data }) => (data as Readable).toArray())
        .catch((reason) => reason)

      expect(error).to.include({ isAxiosError: true, code: 'ERR_BAD_RESPONSE' })
    })
  }

  it('of type stream are cancelled by a signal that comes while they are read', async () => {
    const controller = new AbortController()
    const peer = await scriptedOrigin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 200 OK', 'Content-Length: 10')
      await wire.closed()
    })
    const { signal } = controller

    const { data } = await client.get(peer.url, { responseType: 'stream', signal })
    const answer = (data as Readable).toArray().catch((reason) => reason)
    controller.abort()

    expect(axios.isCancel(await answer)).to.equal(true)
    await peer.done
  })

  it('of type stream fail with the error of the connection', async () => {
    const peer = await scriptedOrigin(breakingOff)

    const { data } = await client.get(peer.url, { responseType: 'stream' })
    const error = await (data as Readable).toArray().catch((reason) => reason)

    expect(error).to.have.property('code', 'UND_ERR_SOCKET')
    await peer.done
  })

  for (const responseEncoding of ['utf8', 'latin1'] as const) {
    it(`lose a byte order mark in utf8 alone, not in ${responseEncoding}`, async () => {
      const body = Buffer.from([0xef, 0xbb, 0xbf, 0x61])
      const origin = await startedOrigin({ response: { status: 200, body } })
      const config = { responseEncoding, responseType: 'text' } as const

      const [ours, theirs] = await Promise.all([
        client.get(origin.url, config),
        axios.get(origin.url, { ...config, adapter: 'http' }),
      ])

      expect(ours.data).to.equal(theirs.data)
    })
  }

  it('tell how far they are', async () => {
    const origin = await startedOrigin({ response: json })
    const loaded: number[] = []

    await client.get(origin.url, { onDownloadProgress: (event) => loaded.push(event.loaded) })

    expect(loaded.at(-1)).to.equal(7)
  })

  const statuses = [
    [404, 'ERR_BAD_REQUEST'],
    [503, 'ERR_BAD_RESPONSE'],
  ] as const

  for (const [status, code] of statuses) {
    it(`reject with ${code} and their parsed content for a ${status}`, async () => {
      const origin = await startedOrigin({ mode: { ...json, status } })

      const error = await client.put(origin.url, content).catch((reason) => reason)

      expect(error).to.include({ isAxiosError: true, code, status })
      expect(error.response.data).to.deep.equal({ a: 1 })
      expect(error.config.method).to.equal('put')
      expect(JSON.stringify(error)).to.contain(code)
    })
  }
})

describe("expectAdapter's failures", () => {
  const timeouts = [
    [{}, 'ECONNABORTED', 'timeout of 20ms exceeded'],
    [{ transitional: { clarifyTimeoutError: true } }, 'ETIMEDOUT', 'timeout of 20ms exceeded'],
    [{ timeoutErrorMessage: 'too slow' }, 'ECONNABORTED', 'too slow'],
  ] as const

  for (const [config, code, message] of timeouts) {
    it(`are ${code} (${message}) when no answer comes in time`, async () => {
      const peer = await muteOrigin()

      const error = await client.get(peer.url, { timeout: 20, ...config }).catch((reason) => reason)

      expect(error).to.include({ isAxiosError: true, code, message })
      await peer.left()
    })
  }

  const cancels = {
    'a signal': () => {
      const controller = new AbortController()
      return { config: { signal: controller.signal }, cancel: () => controller.abort() }
    },
    'a cancel token': () => {
      const source = axios.CancelToken.source()
      return { config: { cancelToken: source.token }, cancel: () => source.cancel() }
    },
  }

  for (const [name, make] of Object.entries(cancels)) {
    it(`are ERR_CANCELED when ${name} says so, and let go of the content`, async () => {
      const asked = signal()
      const origin = await startedOrigin({
        mode: () => {
          asked.raise()
          return 'silent'
        },
      })
      const { config, cancel } = make()
      const body = fileStream()

      const answer = client.put(origin.url, body, config).catch((reason) => reason)
      await asked.raised
      cancel()

      const error = await answer
      expect(axios.isCancel(error)).to.equal(true)
      expect(error).to.have.property('code', 'ERR_CANCELED')
      expect(body.destroyed).to.equal(true)
      expect(origin.requests[0]?.bytes).to.equal(0)
    })
  }

  it('have the code of what went wrong on the network, and their cause', async () => {
    const origin = await startedOrigin()
    await origin.close()

    const error = await client.put(origin.url, content).catch((reason) => reason)

    expect(error).to.include({ isAxiosError: true, code: 'ECONNREFUSED' })
    expect(error.cause).to.have.property('syscall', 'connect')
    expect(error.response).to.equal(undefined)
  })

  it('are ERR_BAD_RESPONSE when a response breaks off, and have what came of it', async () => {
    const peer = await scriptedOrigin(breakingOff)

    const error = await client.get(peer.url).catch((reason) => reason)

    expect(error).to.include({ code: 'ERR_BAD_RESPONSE', message: 'stream has been aborted' })
    expect(error.response).to.include({ status: 200, statusText: 'OK' })
    expect(error.cause).to.have.property('code', 'UND_ERR_SOCKET')
    await peer.done
  })

  it('have the code of what is wrong with the coding of a response', async () => {
    const headers = { 'content-encoding': 'gzip' }
    const origin = await startedOrigin({ response: { status: 200, headers, body: 'text' } })

    const error = await client.get(origin.url).catch((reason) => reason)

    expect(error).to.include({ isAxiosError: true, code: 'Z_DATA_ERROR', status: 200 })
  })

  it('are ERR_CANCELED when the content is taken away', async () => {
    const origin = await startedOrigin()
    const body = new PassThrough()

    const answer = client.put(origin.url, body).catch((reason) => reason)
    setImmediate(() => body.destroy())

    expect(axios.isCancel(await answer)).to.equal(true)
    expect(origin.requests.every(({ status }) => status === 0)).to.equal(true)
  })

  it('are ERR_BAD_OPTION_VALUE when a timeout is no number', async () => {
    const origin = await startedOrigin()
    const config = { timeout: 'soon' } as object

    const error = await client.get(origin.url, config).catch((reason) => reason)

    expect(error).to.include({ isAxiosError: true, code: 'ERR_BAD_OPTION_VALUE' })
    expect(error.message).to.contain("'soon'")
    expect(origin.connections).to.equal(0)
  })

  it('are those of a source that failed', async () => {
    const origin = await startedOrigin()
    const body = createReadStream(`${temporaryFile()}-missing`)

    const error = await client.put(origin.url, body).catch((reason) => reason)

    expect(error).to.include({ isAxiosError: true, code: 'ENOENT' })
    expect(origin.requests.every(({ status }) => status === 0)).to.equal(true)
  })

  it('name an option that is unknown', () => {
    expect(() => expectAdapter({ treshold: 5 } as object)).to.throw(TypeError, 'treshold')
  })
})
