import nock from 'nock'
import { sharedMemory } from '../../lib/routes/memory.ts'
import { closeAll } from './closing.ts'

// nock stands between every socket and the network as soon as it is imported. The specs
// that use it switch it on; all others are to see the sockets as they are.
nock.restore()

export const mochaHooks = {
  async afterEach(): Promise<void> {
    await closeAll()
    // The system may give a later origin the same port, and what is remembered is of the earlier one.
    sharedMemory.clear()
  },
}
