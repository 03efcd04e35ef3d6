import { expect } from 'chai'
import type { Dispatcher } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import { dispatchOlder } from '../../lib/upload/older-handler.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'

const older = { onConnect: () => {} } as unknown as Dispatcher.DispatchHandler

describe('dispatchOlder', () => {
  const options: readonly (readonly [string, object, unknown])[] = [
    ['does not set allowH2', {}, undefined],
    ['allows HTTP/2', { allowH2: true }, true],
    ['forbids HTTP/2', { allowH2: false }, false],
    ['upgrades', { upgrade: 'websocket', allowH2: true }, false],
  ]
  for (const [name, own, allowH2] of options) {
    it(`converts the handler of a request that ${name}`, () => {
      const request = { origin: 'https://127.0.0.1', path: '/', method: 'GET', ...own } as const
      const seen: unknown[] = []
      const dispatch: Dispatcher.Dispatch = (forwarded, handler) => {
        seen.push('onRequestStart' in handler, (forwarded as { allowH2?: boolean }).allowH2)
        return false
      }
      expect(dispatchOlder(dispatch, request, older)).to.equal(false)
      expect(seen).to.eql([true, allowH2])
    })
  }

  for (const hears of [true, false]) {
    it(`${hears ? 'passes chunks to a handler with onBodySent' : 'passes no chunks to a handler without onBodySent, so that buffers can be reused'}`, () => {
      const heard: unknown[] = []
      const onBodySent = (chunk: unknown): number => heard.push(chunk)
      const handler = hears ? Object.assign({ onBodySent }, older) : older
      const chunk = Buffer.from('abc')
      const dispatch: Dispatcher.Dispatch = (_request, wrapped) => {
        expect(wrapped.onBodySent !== undefined).to.equal(hears)
        wrapped.onBodySent?.(chunk as never)
        return true
      }
      dispatchOlder(dispatch, { path: '/', method: 'PUT' }, handler)
      expect(heard).to.eql(hears ? [chunk] : [])
    })
  }

  const bytes = noise(100_000)
  const puts = {
    "the platform's fetch": async (url: string, dispatcher: Dispatcher) => {
      const init: object = { method: 'PUT', body: bytes, dispatcher }
      return (await fetch(url, init)).text()
    },
    upload: async (url: string, dispatcher: Dispatcher) => {
      return (await upload(url, bytes, { dispatcher })).response.text()
    },
  }
  for (const [name, put] of Object.entries(puts)) {
    it(`lets ${name} send an expectation to an origin that supports HTTP/2 only`, async () => {
      const play: Play = (request, response, asked) => {
        if (asked) response.writeContinue()
        const chunks: Buffer[] = []
        request.on('data', (chunk: Buffer) => chunks.push(chunk))
        request.on('end', () => response.end(`${asked} ${sha256(Buffer.concat(chunks))}`))
      }
      const front = await tlsFront(['h2'], play)
      const text = await put(front.url, agentFor({ expect: 'always', connect: { ca: front.ca } }))
      expect(text).to.equal(`true ${sha256(bytes)}`)
    })
  }
})
