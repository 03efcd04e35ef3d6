import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { ContentInput } from '../../lib/content/content.ts'
import { agentFor, asInit, type Face, installFor, type Sender } from './faces.ts'

const platformFetch = globalThis.fetch

const throughPlatform: Face = {
  name: 'the platform’s fetch with a dispatcher',
  wraps: true,
  replays: false,
  open: (options) => platformSender({ dispatcher: agentFor(options) }),
}

/** For code that kept a reference to fetch before install(); it still uses the global dispatcher. */
const throughGlobalDispatcher: Face = {
  name: 'the platform’s fetch after install()',
  wraps: true,
  replays: false,
  open: (options) => {
    installFor(options)
    return platformSender({})
  },
}

function platformSender(more: { dispatcher?: Dispatcher }): Sender {
  return async (url, content, { expect, headers, ...sending } = {}) => {
    // The platform's fetch has no ExpectOptions; the header field has the same effect.
    const expectHeader = expect && { expect: expect === 'always' ? '100-continue' : '' }
    const init = {
      ...sending,
      headers: { ...expectHeader, ...headers },
      body: bodyOf(content),
      ...more,
    }
    const response = await platformFetch(url, asInit({ duplex: 'half', ...init }))
    return { status: response.status, text: await response.text(), report: undefined }
  }
}

/** Content for the platform's fetch, which passes it to the dispatcher as a stream. */
function bodyOf(input: ContentInput | null): unknown {
  const content = typeof input === 'function' ? input({ start: 0 }) : input
  // The fetch of Node 22 hangs at an empty chunk of a Node stream, with any dispatcher.
  return content instanceof Readable ? Readable.toWeb(content) : content
}

/** The faces where the package is the dispatcher of the platform's fetch. */
export const platformFaces: readonly Face[] = [throughPlatform, throughGlobalDispatcher]
