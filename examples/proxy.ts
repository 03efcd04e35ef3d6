// Uploads through the proxy that the environment names, with undici's own agent for that.
// Usage: HTTPS_PROXY=http://proxy.example:3128 node examples/proxy.ts [url]
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { EnvHttpProxyAgent } from 'undici'
import { expectContinue, gatedPool, upload } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const origin = await startOrigin()
const proxy = createServer().on('connect', ({ url = '' }, client, head) => {
  console.log(`proxy: a tunnel to ${url.replace(/:\d+$/, '')}`)
  const { hostname, port } = new URL(`http://${url}`)
  const server = connect(Number(port), hostname, () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    server.write(head)
    server.pipe(client).pipe(server)
  })
  server.on('error', () => client.destroy())
  client.on('error', () => server.destroy())
})
await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening))
if (given === undefined) {
  process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  process.env.NO_PROXY = ''
}

const agent = new EnvHttpProxyAgent({ factory: gatedPool, proxyTunnel: true })
const dispatcher = agent.compose(expectContinue())
const content = Buffer.alloc(8 * 1024 * 1024, 'video')
const { response, report } = await upload(given ?? origin.url, content, { dispatcher })
console.log(`${report.outcome}: ${response.status}, ${report.sentBytes} bytes sent`)

await agent.close()
await origin.close()
proxy.close()
