import { createReadStream, statSync } from 'node:fs'
import { Agent, request } from 'undici'
import { ExpectAgent, fromFile, upload } from '../ours.ts'
import type { LinkJob } from './job.ts'

// Makes the uploads of one job, and prints the statuses and the milliseconds.
const { client, url, file, uploads, parallel, ca }: LinkJob = JSON.parse(process.argv[2] ?? '')
const connect = { ca }

type Send = (target: string, path: string) => Promise<number>

/** Each call makes a client with connections of its own. */
const clients = {
  ours: (): Send => {
    const dispatcher = new ExpectAgent({ connect })
    return async (target, path) => {
      const { response } = await upload(target, fromFile(path), { dispatcher })
      await response.arrayBuffer()
      return response.status
    }
  },
  undici: (): Send => {
    const dispatcher = new Agent({ connect })
    return async (target, path) => {
      const headers = { 'content-length': String(statSync(path).size) }
      const body = createReadStream(path)
      const { statusCode, body: answer } = await request(target, {
        method: 'PUT',
        headers,
        body,
        dispatcher,
      })
      await answer.dump()
      return statusCode
    }
  },
}

const open = clients[client as keyof typeof clients]
// A first upload loads and compiles code, which is not measured.
await open()(new URL('/files/first', url).href, process.argv[1] ?? '')
const send = open()

const statuses: (number | string)[] = []
let left = uploads

async function work(): Promise<void> {
  while (left > 0) {
    left -= 1
    const sent = send(url, file).catch(
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    )
    statuses.push(await sent)
  }
}

const begun = performance.now()
await Promise.all(Array.from({ length: parallel }, work))
const milliseconds = performance.now() - begun
console.log(JSON.stringify({ statuses, milliseconds }))
process.exit()
