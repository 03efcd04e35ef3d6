// Uploads from inside a vm, and content that was created there: its classes are not those of this realm.
import { createContext, runInContext } from 'node:vm'
import { createFetch, reportOf, upload } from 'expect-continue'

const [, , url] = process.argv
const realm = createContext({ url, upload, createFetch, reportOf, console })
const inside = (code) => runInContext(code, realm)

const contents = {
  'a Uint8Array': 'new Uint8Array(2097152).fill(97)',
  'an ArrayBuffer': 'new ArrayBuffer(2097152)',
  'a DataView': 'new DataView(new ArrayBuffer(2097152))',
  'a string': '"a".repeat(2097152)',
  'an array': '[new Uint8Array(1048576), new Uint8Array(1048576)]',
  'a generator': '(function* () { for (let i = 0; i < 32; i++) yield new Uint8Array(65536) })()',
  'an async generator':
    '(async function* () { for (let i = 0; i < 32; i++) yield new Uint8Array(65536) })()',
  'a function': '() => new Uint8Array(2097152)',
  'an async function': 'async () => new Uint8Array(2097152)',
  'a sized function': '({ length: 2097152, open: () => new Uint8Array(2097152) })',
}

for (const [kind, code] of Object.entries(contents)) {
  for (const answer of ['go', '413', '417']) {
    const options = inside('({ expect: "always", headers: { "x-realm": "another" } })')
    const { response, report } = await upload(`${url}/${answer}`, inside(code), options)
    await response.arrayBuffer()
    console.log(`${answer}, ${kind}: ${response.status} ${report.outcome} ${report.sentBytes}`)
  }
}

await inside(`(async () => {
  const body = new Uint8Array(2097152)
  for (const answer of ['go', '413', '417']) {
    const { response, report } = await upload(url + '/' + answer, body, { expect: 'always' })
    await response.arrayBuffer()
    console.log(\`\${answer}, inside: \${response.status} \${report.outcome} \${report.sentBytes}\`)
  }
  const response = await createFetch({ expect: 'always' })(url + '/413', { method: 'PUT', body, headers: [['x-realm', 'another']] })
  console.log(\`fetch, inside: \${response.status} \${reportOf(response).outcome}\`)
  try {
    await upload(url, body, { expects: true })
  } catch (error) {
    console.log(\`an unknown option: \${error.name}\`)
  }
})()`)
