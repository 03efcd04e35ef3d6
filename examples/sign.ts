// Signs each attempt below expectContinue(): a replay, a retry and the target of a redirect each have their own
// signature for their own host. Signing may be asynchronous; the body waits.
import { Agent, type Dispatcher } from 'undici'
import { expectContinue, gatedPool, upload } from '../lib/index.ts'
import { type SeenRequest, startOrigin } from '../lib/testing/index.ts'

const { subtle } = globalThis.crypto
const secret = new TextEncoder().encode('secret')
const key = await subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, [
  'sign',
])

async function signatureOf(method: string, host: string, path: string): Promise<string> {
  const text = new TextEncoder().encode(`${method} ${host} ${path}`)
  return Buffer.from(await subtle.sign('HMAC', key, text)).toString('hex')
}

let signed = 0
const sign: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (request, handler) => {
  const { method, origin, path, headers } = request
  const others = Array.isArray(headers) ? headers : Object.entries(headers ?? {}).flat()
  const signing = async (): Promise<void> => {
    const { host } = new URL(String(origin))
    const fields = [...others, 'authorization', await signatureOf(method, host, path)]
    signed += 1
    dispatch({ ...request, headers: fields as string[] }, handler)
  }
  // There is no controller yet.
  signing().catch((error: Error) => handler.onResponseError?.(null as never, error))
  return true
}

// A store whose first server redirects uploads to another one, which does not support expectations.
async function accepts({ method, path, headers }: SeenRequest): Promise<boolean> {
  return headers.authorization === (await signatureOf(method, headers.host ?? '', path))
}
const near = await startOrigin({
  mode: ({ headers }) => (headers.expect === undefined ? 'go' : 417),
})
const far = await startOrigin({
  mode: () => ({ status: 307, headers: { location: `${near.url}/videos/1` } }),
})

const dispatcher = new Agent({ factory: gatedPool }).compose(sign, expectContinue())
async function* video(): AsyncGenerator<Buffer> {
  for (let part = 0; part < 8; part++) yield Buffer.alloc(1024 * 1024, 'video')
}
const { response, report } = await upload(`${far.url}/videos/1`, video(), { dispatcher })
console.log(`${response.status}: ${report.attempts.map(({ reason }) => reason).join(', ')}`)
const seen = [...far.requests, ...near.requests]
const right = await Promise.all(seen.map(accepts))
console.log(`${signed} signatures, right for their host: ${right.join(', ')}`)
console.log(`took ${seen.map(({ bytes }) => bytes).join(', ')} bytes`)

await dispatcher.close()
await far.close()
await near.close()
