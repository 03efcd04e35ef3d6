import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import type { ContentInput } from '../../lib/content/content.ts'
import { fromFile } from '../../lib/content/file.ts'
import { ownFaces } from '../support/faces.ts'
import { handlesLeftOn, temporaryFile } from '../support/files.ts'
import { type Front, type Play, tlsFront } from '../support/tls-front.ts'

const headers = { 'content-length': '0' }
const broken = new Error('the disk is gone')

const store: Play = (request, response) => {
  request.resume().on('end', () => response.writeHead(201).end())
}

async function* nothing(): AsyncGenerator<string> {}

async function* something(): AsyncGenerator<string> {
  yield 'a'
}

async function* breaking(): AsyncGenerator<string> {
  yield ''
  throw broken
}

for (const face of ownFaces) {
  describe(`empty content over HTTP/2, through ${face.name}`, () => {
    const send = (front: Front, content: ContentInput, timeouts = {}) => {
      const sender = face.open({ connect: { ca: front.ca }, timeouts })
      return sender(front.url, content, { headers })
    }
    const failureOf = async (front: Front, content: ContentInput, timeouts = {}) => {
      const error = await send(front, content, timeouts).catch((failure) => failure)
      return face.wraps && error instanceof TypeError ? error.cause : error
    }

    for (const [what, content] of Object.entries({
      'a source': nothing,
      'a factory': () => nothing,
    })) {
      it(`arrives from ${what}`, async () => {
        const front = await tlsFront(['h2'], store)
        const { status, report } = await send(front, content())
        expect(status).to.equal(201)
        expect(front.frames).to.include('HEADERS 1 END_STREAM')
        expect(report?.attempts ?? []).to.have.length.at.most(1)
      })
    }

    it('makes no request when its source yields bytes', async () => {
      const front = await tlsFront(['h2'], store)
      expect(await failureOf(front, something())).to.include({ code: 'ERR_EXPECT_CONTENT_LONG' })
      expect(front.frames).to.deep.equal([])
    })

    it('makes no request when its source fails', async () => {
      const front = await tlsFront(['h2'], store)
      expect(await failureOf(front, breaking())).to.equal(broken)
      expect(front.frames).to.deep.equal([])
    })

    it('fails after the headers timeout without a response', async () => {
      const path = temporaryFile()
      writeFileSync(path, '')
      const front = await tlsFront(['h2'], () => {})
      const failure = await failureOf(front, fromFile(path), { headers: 100 })
      expect(failure).to.include({ code: 'ERR_EXPECT_HEADERS_TIMEOUT' })
      expect(await handlesLeftOn(path)).to.equal(0)
    })
  })
}

describe('an empty POST over HTTP/2 that the origin received completely', () => {
  const ways: Record<string, Play> = {
    'answered 503': (request, response) => {
      request.resume().on('end', () => response.writeHead(503).end())
    },
    'ended the connection': (request) => {
      request.resume().on('end', () => request.socket.destroy())
    },
  }
  for (const [what, play] of Object.entries(ways)) {
    for (const face of ownFaces) {
      it(`is not repeated when the origin ${what}, through ${face.name}`, async () => {
        let requests = 0
        const front = await tlsFront(['h2'], (request, response, asked) => {
          requests += 1
          if (asked) response.writeContinue()
          play(request, response, asked)
        })
        const retry = { count: 3, minDelay: 1, maxDelay: 1 }
        const waiting = { expect: 'always', continueTimeout: 60_000 } as const
        const send = face.open({ connect: { ca: front.ca }, retry, ...waiting })
        await send(front.url, nothing(), { method: 'POST' }).catch(() => {})
        expect(requests).to.equal(1)
      })
    }
  }
})
