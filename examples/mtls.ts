// Uploads with a client certificate: an ExpectAgent takes undici's own TLS options.
// Usage: node examples/mtls.ts [url key.pem cert.pem]
import { readFileSync } from 'node:fs'
import { generate } from 'selfsigned'
import { ExpectAgent, upload } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given, keyPath = '', certPath = ''] = process.argv
const server = await generate([{ name: 'commonName', value: 'origin' }], {
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
})
const client = await generate([{ name: 'commonName', value: 'uploader' }])
const tls = { key: server.private, cert: server.cert, ca: client.cert, requestCert: true }
const origin = await startOrigin({ tls })

const connect =
  given === undefined
    ? { key: client.private, cert: client.cert, ca: server.cert }
    : { key: readFileSync(keyPath), cert: readFileSync(certPath) }
const dispatcher = new ExpectAgent({ connect })
const content = Buffer.alloc(8 * 1024 * 1024, 'video')
const { response, report } = await upload(given ?? origin.url, content, { dispatcher })
console.log(`with a certificate, ${report.outcome}: ${response.status}`)

const nobody = new ExpectAgent({ connect: { ca: server.cert } })
const refusal = await upload(given ?? origin.url, content, { dispatcher: nobody }).catch(() => null)
console.log(`without one: ${refusal === null ? 'refused' : refusal.response.status}`)

await dispatcher.close()
await nobody.close()
await origin.close()
