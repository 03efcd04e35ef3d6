import { createReadStream, statSync } from 'node:fs'
import { Agent, request } from 'undici'
import { ExpectAgent, fromFile, upload } from '../ours.ts'
import type { LinkJob } from './job.ts'

// A process that makes the uploads of one job, and prints the statuses and the milliseconds.
const { client, url, file, uploads, parallel, ca }: LinkJob = JSON.parse(process.argv[2] ?? '')
const connect = { ca }

const agent = new Agent({ connect })
const expecting = new ExpectAgent({ connect })

const sends = {
  ours: async (): Promise<number> => {
    const { response } = await upload(url, fromFile(file), { dispatcher: expecting })
    await response.arrayBuffer()
    return response.status
  },
  undici: async (): Promise<number> => {
    const headers = { 'content-length': String(statSync(file).size) }
    const body = createReadStream(file)
    const { statusCode, body: answer } = await request(url, {
      method: 'PUT',
      headers,
      body,
      dispatcher: agent,
    })
    await answer.dump()
    return statusCode
  },
}

const statuses: (number | string)[] = []
let left = uploads

async function work(send: () => Promise<number>): Promise<void> {
  while (left > 0) {
    left -= 1
    statuses.push(await send().catch((error: NodeJS.ErrnoException) => error.code ?? error.message))
  }
}

const begun = performance.now()
await Promise.all(Array.from({ length: parallel }, () => work(sends[client as keyof typeof sends])))
const milliseconds = performance.now() - begun
console.log(JSON.stringify({ statuses, milliseconds }))
process.exit()
