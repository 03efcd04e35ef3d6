import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { turns } from './turns.ts'

/** V8 exposes its garbage collector only with this flag. */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Resolves when garbage has been collected and FinalizationRegistry callbacks have run. */
export async function collected(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    collect()
    await turns()
  }
}
