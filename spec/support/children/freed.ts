import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { ExpectAgent, upload } from '../../../lib/index.ts'
import { identity } from '../identity.ts'

// Creates agents, uploads with each, closes them, and prints how many are still in memory.

const [allowH2, how] = process.argv.slice(2) as [string, 'close' | 'destroy']
const count = 60

const secret = await identity()
const server = createSecureServer({ ...secret, allowHTTP1: true }, (request, response) => {
  request.resume()
  request.on('end', () => response.end('stored'))
})
server.listen(0, '127.0.0.1')
await new Promise((listening) => server.once('listening', listening))
const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`

async function use(): Promise<WeakRef<ExpectAgent>> {
  const agent = new ExpectAgent({
    connect: { ca: secret.cert },
    allowH2: allowH2 === 'true',
    expect: 'always',
  })
  const { response } = await upload(url, 'content', { dispatcher: agent })
  await response.text()
  await agent[how]()
  return new WeakRef(agent)
}

const agents: WeakRef<ExpectAgent>[] = []
for (let index = 0; index < count; index++) agents.push(await use())
let left = count
for (let round = 0; round < 20 && left > 0; round++) {
  await delay(50)
  globalThis.gc?.()
  left = agents.filter((agent) => agent.deref() !== undefined).length
}
console.log(left)
process.exit()
