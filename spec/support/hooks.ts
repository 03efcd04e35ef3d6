import nock from 'nock'
import { sharedMemory } from '../../lib/routes/memory.ts'
import { closeAll } from './closing.ts'

// nock patches http as soon as it is imported. Only the specs that use it activate it.
nock.restore()

export const mochaHooks = {
  async afterEach(): Promise<void> {
    await closeAll()
    // A later origin may get the same port, so the routes of earlier specs are cleared.
    sharedMemory.clear()
  },
}
