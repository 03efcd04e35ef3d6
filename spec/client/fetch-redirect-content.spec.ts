import { expect } from 'chai'
import { fetch } from '../../lib/client/fetch.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'

/** Redirects with this much content after the upload, and accepts the next one. */
function redirecting(bytes: number): Play {
  return (request, response, asked) => {
    if (asked) response.writeContinue()
    request.resume().on('end', () => {
      if (request.url === '/first') response.writeHead(307, { location: '/second' })
      response.end(request.url === '/first' ? noise(bytes) : 'arrived')
    })
  }
}

describe('the content of a redirect that fetch follows', () => {
  for (const protocol of ['http/1.1', 'h2']) {
    for (const bytes of [100_000, 1_000_000]) {
      it(`does not delay the next request, ${bytes} bytes over ${protocol}`, async () => {
        const front = await tlsFront([protocol], redirecting(bytes))
        const dispatcher = agentFor({ connections: 1, connect: { ca: front.ca } })
        const options = { method: 'PUT', body: 'hello', dispatcher, expect: 'always' } as const
        const response = await fetch(`${front.url}/first`, options)
        expect(await response.text()).to.equal('arrived')
        await dispatcher.close()
      })
    }
  }
})
