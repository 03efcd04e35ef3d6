import { closeSync, openSync } from 'node:fs'
import { ExpectAgent, fromFile, upload } from '../../../lib/index.ts'

/** What the child prints: the status or the error code of each upload. */
export type Outcomes = Record<string, number | string>

const [url = '', path = ''] = process.argv.slice(2)
const outcomes: Outcomes = {}

async function send(
  name: string,
  content: () => Parameters<typeof upload>[1],
  dispatcher: ExpectAgent,
) {
  try {
    const { response } = await upload(url, content(), { dispatcher, expect: 'always' })
    await response.text()
    outcomes[name] = response.status
  } catch (error) {
    outcomes[name] = String((error as NodeJS.ErrnoException).code)
  }
}

async function* once(): AsyncGenerator<string> {
  yield 'content'
}

/** Opens files until no descriptor is left. */
function takeAll(): void {
  try {
    for (;;) descriptors.push(openSync('/dev/null', 'r'))
  } catch {
    // That was the last descriptor.
  }
}

const connected = new ExpectAgent()
const fresh = new ExpectAgent()
await send('before', () => fromFile(path), connected)
const content = fromFile(path)
const descriptors: number[] = []
takeAll()
await send('a file, with no descriptor left', () => content, connected)
// The connection of the failed upload is closed.
takeAll()
await send('a stream, with no descriptor left for its connection', once, fresh)
for (const descriptor of descriptors) closeSync(descriptor)
await send('a file, afterwards', () => content, connected)
await send('a stream, afterwards', once, fresh)
await Promise.all([connected.close(), fresh.close()])
process.stdout.write(JSON.stringify(outcomes))
