import { expectHttpClient } from 'expect-continue/adapters/azure'
import { expectHttpStack } from 'expect-continue/adapters/tus'
import { type SeenRequest, startOrigin } from 'expect-continue/testing'

/** Code of a user of the other entry points; only its types are checked. */
export async function use(): Promise<readonly SeenRequest[]> {
  await using client = expectHttpClient()
  await using stack = expectHttpStack()
  const adapters = [client, stack]
  await using origin = await startOrigin({ mode: adapters.length === 2 ? 'go' : 417 })
  return origin.requests
}
