import { expect } from 'chai'
import { type UploadOptions, upload } from '../../lib/client/upload.ts'
import { agentFor } from '../support/faces.ts'
import { origin } from '../support/origin.ts'

describe('upload', () => {
  it('sends the content after a 100', async () => {
    const peer = await origin(async (wire) => {
      const head = await wire.head()
      expect(head).to.match(/^expect: 100-continue\r$/im)
      wire.send('HTTP/1.1 100 Continue')
      expect((await wire.content(head)).toString()).to.equal('abc')
      wire.send('HTTP/1.1 201 Created', 'Content-Length: 2')
      wire.raw('ok')
    })
    const { response, report } = await upload(peer.url, 'abc', {
      expect: 'always',
      dispatcher: agentFor(),
    })
    expect(response.status).to.equal(201)
    expect(await response.text()).to.equal('ok')
    expect(report).to.include({ asked: true, reason: 'always', outcome: 'continued', sentBytes: 3 })
    await peer.done
  })

  it('lists each known option once in an error', async () => {
    const wrong = { thresold: 1 } as UploadOptions
    const { message } = await upload('http://127.0.0.1/', 'abc', wrong).catch((error) => error)
    const known = message.split(' known are ')[1].split(', ')
    expect(known).to.have.length(new Set(known).size)
  })
})
