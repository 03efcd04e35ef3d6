import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { turns } from './turns.ts'

/** Collects what nobody holds; V8 hands its collector out only when it is told to. */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Resolves when what nobody held has been collected, and those who wait for that have been told. */
export async function collected(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    collect()
    await turns()
  }
}
