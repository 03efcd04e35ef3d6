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

/** For those who took it before install(), which leaves them its global dispatcher. */
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
    // It knows no ExpectOptions; the header field says the same.
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

/** Content as the platform's fetch takes it; its dispatcher gets it as a stream in any case. */
function bodyOf(input: ContentInput | null): unknown {
  const content = typeof input === 'function' ? input({ start: 0 }) : input
  // Node 22's fetch, with whatever dispatcher, hangs at an empty chunk of a Node stream.
  return content instanceof Readable ? Readable.toWeb(content) : content
}

/** The ways in which the package is the dispatcher of the platform's own fetch. */
export const platformFaces: readonly Face[] = [throughPlatform, throughGlobalDispatcher]
