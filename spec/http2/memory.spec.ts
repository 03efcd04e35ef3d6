import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'

const bytes = noise(10_000)

const take: Play = (request, response) => {
  request.resume()
  request.on('end', () => response.end())
}

describe('the memory of a route over HTTP/2', () => {
  const origins: readonly (readonly [string, Play, string])[] = [
    ['stays silent', take, 'silent'],
    [
      'answers 417',
      (request, response, asked) => {
        if (!asked) return take(request, response, asked)
        response.statusCode = 417
        response.end()
      },
      '417',
    ],
  ]
  for (const [what, play, fact] of origins) {
    it(`keeps uploads from asking an origin again that ${what}`, async () => {
      const front = await tlsFront(['h2'], play)
      const dispatcher = agentFor({
        threshold: 1,
        continueTimeout: 30,
        connect: { ca: front.ca },
      })
      const { report } = await upload(front.url, bytes, { dispatcher })
      expect(report).to.include({ asked: true, reason: 'threshold' })
      const next = await upload(front.url, bytes, { dispatcher })
      expect(next.report).to.include({ asked: false, reason: `remembered-${fact}` })
      expect(front.connections).to.equal(1)
    })
  }
})
