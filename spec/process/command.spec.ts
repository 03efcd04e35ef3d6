import { expect } from 'chai'
import { startCommand } from '../support/command-child.ts'
import { openOrigin } from '../support/open-origin.ts'

// Only a proxy can resolve this name.
const url = 'http://uploads.example/file'

describe('the command with NODE_USE_ENV_PROXY=1', () => {
  for (const command of ['put', 'probe'] as const) {
    it(`uses the proxies in the environment: ${command}`, async () => {
      const proxy = await openOrigin()
      const env = { NODE_USE_ENV_PROXY: '1', http_proxy: proxy.url, no_proxy: '' }
      const args = command === 'put' ? ['put', '-', url] : ['probe', url]
      const { process, ended } = startCommand(args, env)
      process.stdin?.end('abc')
      const { status, err } = await ended
      expect(status, err).to.equal(0)
      expect(proxy.requests).not.to.be.empty
      expect(new Set(proxy.requests.map(({ path }) => path))).to.eql(new Set([url]))
    })
  }

  it('prefers the proxy of --proxy', async () => {
    const proxy = await openOrigin()
    const env = { NODE_USE_ENV_PROXY: '1', http_proxy: 'http://127.0.0.1:1', no_proxy: '' }
    const { process, ended } = startCommand(['put', '-', url, '--proxy', proxy.url], env)
    process.stdin?.end('abc')
    expect(await ended).to.include({ status: 0 })
    expect(proxy.requests).to.have.length(1)
  })
})
