import { expect } from 'chai'
import { type ContentInput, upload } from '../../lib/index.ts'
import { noise } from '../support/contents.ts'
import { agentFor, type Face, ownFaces } from '../support/faces.ts'
import { origin, type Script } from '../support/origin.ts'
import { goAhead, response } from '../support/responses.ts'
import { Touches, type Watched } from '../support/touches.ts'
import { turns } from '../support/turns.ts'
import { type WatchedKind, watchedKinds } from '../support/watched.ts'
import type { Wire } from '../support/wire.ts'

/** Turns of the event loop in which an error of the package would show. */
const enough = 20

const bytes = noise(40_000)
const agent = { continueTimeout: 60_000, expect: 'always', connections: 1 } as const

/** One upload of watched content. */
class Trial {
  readonly touches = new Touches()
  readonly watched: Watched

  constructor(kind: WatchedKind) {
    this.watched = kind.make(bytes, this.touches)
  }

  /** Fails if anything was called, opened, read or iterated over. */
  untouched(): void {
    expect(this.touches.early, 'touches').to.deep.equal([])
    expect(this.watched.traces(), 'traces').to.deep.equal([])
  }

  /** Reads a head with an expectation. The content must be untouched before it and in the turns after it. */
  async asked(wire: Wire): Promise<string> {
    const head = await wire.head()
    this.untouched()
    await turns(enough)
    this.untouched()
    expect(head).to.match(/^expect: 100-continue\r$/im)
    return head
  }
}

async function send(face: Face, trial: Trial, ...scripts: Script[]): Promise<number> {
  const peer = await origin(...scripts)
  const sending = { method: 'PUT', redirect: 'manual' } as const
  const content = trial.watched.content as ContentInput
  // An error in a script explains the failure of the upload, so it is reported first.
  const broken = peer.done.then(() => new Promise<never>(() => {}))
  const { status } = await Promise.race([face.open(agent)(peer.url, content, sending), broken])
  await peer.done
  return status
}

const refusals = {
  413: response(413, 'no'),
  401: response(401, 'no', 'WWW-Authenticate: Bearer'),
  307: response(307, 'no', 'Location: /elsewhere'),
}

for (const face of ownFaces) {
  describe(`content that waits for the 100, through ${face.name}`, function () {
    this.timeout(3000)

    for (const kind of watchedKinds) {
      it(`is not read before it, and arrives complete: ${kind.name}`, async () => {
        const trial = new Trial(kind)
        const status = await send(face, trial, async (wire) => {
          const head = await trial.asked(wire)
          const { length } = trial.watched
          const framing =
            length === null ? 'transfer-encoding: chunked' : `content-length: ${length}`
          expect(head.toLowerCase()).to.include(`\r\n${framing}\r\n`)
          trial.touches.allow()
          wire.raw(goAhead)
          expect((await wire.content(head)).equals(bytes), 'whether it is the content').to.equal(
            true,
          )
          wire.raw(response(201, 'stored'))
        })
        expect(status).to.equal(201)
      })

      for (const [refusal, answer] of Object.entries(refusals)) {
        it(`is never read when a ${refusal} arrives: ${kind.name}`, async () => {
          const trial = new Trial(kind)
          const status = await send(face, trial, async (wire) => {
            await trial.asked(wire)
            wire.raw(answer)
            expect((await wire.closed()).toString('latin1'), 'bytes after the head').to.equal('')
          })
          expect(status).to.equal(Number(refusal))
          await turns(enough)
          trial.untouched()
          expect(trial.touches.all).to.deep.equal([])
        })
      }

      it(`is not read when a 102 and a 103 arrive: ${kind.name}`, async () => {
        const trial = new Trial(kind)
        const status = await send(face, trial, async (wire) => {
          const head = await trial.asked(wire)
          await wire.pieces('HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\n\r\n')
          await turns(enough)
          trial.untouched()
          trial.touches.allow()
          wire.raw(goAhead)
          expect(await wire.content(head)).to.have.lengthOf(bytes.length)
          wire.raw(response(201, 'stored'))
        })
        expect(status).to.equal(201)
      })
    }
  })
}

describe('content whose connection ends directly after the 100', () => {
  for (const [ending, end] of [
    ['a close', (wire: Wire) => wire.socket.end(goAhead)],
    ['a reset', (wire: Wire) => wire.socket.write(goAhead, () => wire.reset())],
  ] as const) {
    it(`is not read when it is ${ending}`, async () => {
      const peer = await origin(async (wire) => {
        await wire.head()
        end(wire)
      })
      let touched = false
      const content = (async function* () {
        touched = true
        yield bytes
      })()
      const dispatcher = agentFor(agent)
      const failure = await upload(peer.url, content, { dispatcher }).catch((error) => error)
      expect(failure).to.be.an('error')
      await turns(enough)
      expect(touched).to.equal(false)
    })
  }
})
