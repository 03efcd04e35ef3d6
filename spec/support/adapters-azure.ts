import { AnonymousCredential, BlockBlobClient } from '@azure/storage-blob'
import { expectHttpClient } from '../../lib/adapters/azure.ts'
import type { AdapterOptions } from '../../lib/adapters/sender.ts'
import type { TestOrigin } from '../../lib/testing/index.ts'
import { waitFor } from './adapters-content.ts'
import { closeLater } from './closing.ts'

/** Retries at once, three times at most. */
export function blobClient(origin: TestOrigin, options: AdapterOptions = {}): BlockBlobClient {
  const httpClient = expectHttpClient({ memory: false, ...waitFor(), ...options })
  closeLater(() => httpClient.destroy())
  return new BlockBlobClient(`${origin.url}/account/container/blob`, new AnonymousCredential(), {
    httpClient,
    retryOptions: { maxTries: 3, retryDelayInMs: 1, maxRetryDelayInMs: 1 },
  })
}
