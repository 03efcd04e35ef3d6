// Uploads a file, a stream and bytes to each mode of an origin. Prints a line for each upload.
import { createReadStream, readFileSync } from 'node:fs'
import { ExpectAgent, fetch, fromFile, reportOf, upload } from 'expect-continue'

const [, , url, tlsUrl, certificate, file] = process.argv
const bytes = readFileSync(file)

const contents = {
  bytes: () => bytes,
  'a file': () => fromFile(file),
  'a stream': () => createReadStream(file),
  'a generator': () =>
    async function* () {
      for (let start = 0; start < bytes.length; start += 65_536) {
        yield bytes.subarray(start, start + 65_536)
      }
    },
}

function print(what, { status }, { outcome, sentBytes }) {
  console.log(`${what}: ${status} ${outcome} ${sentBytes}`)
}

async function uploads(at, answers, options) {
  const dispatcher = new ExpectAgent({ expect: 'always', continueTimeout: 100, ...options })
  for (const answer of answers) {
    for (const [kind, content] of Object.entries(contents)) {
      const { response, report } = await upload(`${at}/${answer}`, content(), { dispatcher })
      await response.arrayBuffer()
      print(`${answer}, ${kind}`, response, report)
    }
  }
  await dispatcher.close()
}

const authenticate = { basic: { username: 'user', password: 'secret' }, origin: url }
await uploads(url, ['go', 'silent', '413', '417'], {})
await uploads(url, ['401'], { authenticate })
await uploads(tlsUrl, ['tls'], { connect: { ca: readFileSync(certificate, 'utf8') } })

for (const answer of ['go', '413', '417']) {
  const response = await fetch(`${url}/${answer}`, { method: 'PUT', body: bytes })
  await response.arrayBuffer()
  print(`fetch, ${answer}`, response, reportOf(response))
}
