import { once } from 'node:events'
import { expect } from 'chai'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import { openOrigin } from '../support/open-origin.ts'

const typos = { continueTimout: 'continueTimeout', treshold: 'threshold', onprogres: 'onProgress' }

/** The warnings of a fetch with these options. */
async function warningsOf(init: object): Promise<string[]> {
  const { url } = await openOrigin()
  const warnings: string[] = []
  const note = ({ message }: Error): void => {
    if (message.startsWith('fetch has no option')) warnings.push(message)
  }
  process.on('warning', note)
  try {
    await fetch(url, { method: 'PUT', body: 'hello', ...init } as FetchInit)
    // Warnings are emitted in the order in which they were created.
    const last = once(process, 'warning')
    process.emitWarning('the last one')
    await last
  } finally {
    process.off('warning', note)
  }
  return warnings
}

describe('fetch with unknown options', () => {
  for (const [typo, meant] of Object.entries(typos)) {
    it(`warns of '${typo}', once`, async () => {
      const message = `fetch has no option '${typo}'; did you mean '${meant}'?`
      expect(await warningsOf({ [typo]: 1 })).to.deep.equal([message])
      expect(await warningsOf({ [typo]: 1 })).to.deep.equal([])
    })
  }

  it('does not warn about other names, those of fetch and its own', async () => {
    const others = { retries: 2, agent: {}, next: {}, cf: {}, size: 0, retry: { count: 1 } }
    const own = { expect: 'auto', threshold: 1, duplex: 'half', keepalive: true }
    expect(await warningsOf({ ...others, ...own })).to.deep.equal([])
  })
})
