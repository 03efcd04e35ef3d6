import { expect } from 'chai'
import { identity } from '../support/identity.ts'
import type { Through } from '../support/through.ts'
import { startSquid } from './support/squid.ts'
import { changedBySquid, changedByTunnels } from './support/squid-changes.ts'
import { runWireSuite } from './support/wire-suite.ts'

describe('the wire suite through squid', () => {
  it('passes in tunnels, whose CONNECT to the HTTPS port has no expectation', async function () {
    this.timeout(900_000)
    const squid = await startSquid()
    const through: Through = { proxy: squid.proxies.https, origin: await identity() }
    const { passes, failures } = await runWireSuite(through, changedByTunnels)
    expect(failures).to.eql([])
    expect(passes).to.be.above(4000)
    const connects = await squid.connects()
    expect(connects).to.have.length.above(4000)
    expect(connects.filter((line) => /expect/i.test(line))).to.eql([])
  })

  it('passes in absolute form, except for what squid changes', async function () {
    this.timeout(900_000)
    const squid = await startSquid()
    const through: Through = { proxy: squid.proxies.http, origin: null }
    const { passes, failures } = await runWireSuite(through, changedBySquid)
    expect(failures).to.eql([])
    expect(passes).to.be.above(3500)
    expect(await squid.connects()).to.eql([])
  })
})
