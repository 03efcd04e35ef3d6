import { closeSync, openSync } from 'node:fs'
import { ExpectAgent, fromFile, upload } from '../../../lib/index.ts'

/** What a child prints of its uploads: the status or the code of each. */
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

const connected = new ExpectAgent()
const fresh = new ExpectAgent()
await send('before', () => fromFile(path), connected)
const content = fromFile(path)
const taken: number[] = []
try {
  for (;;) taken.push(openSync('/dev/null', 'r'))
} catch {
  // This was the last one.
}
await send('a stream, with no descriptor left for its connection', once, fresh)
// Its connection is closed with it, which frees a descriptor.
await send('a file, with no descriptor left', () => content, connected)
for (const descriptor of taken) closeSync(descriptor)
await send('a file, afterwards', () => content, connected)
await send('a stream, afterwards', once, fresh)
await Promise.all([connected.close(), fresh.close()])
process.stdout.write(JSON.stringify(outcomes))
