import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { fastify } from 'fastify'
import { closeLater } from '../../../support/closing.ts'
import { sha256 } from '../../../support/contents.ts'
import { listening } from '../../../support/listening.ts'
import { Ledger, refusal } from './ledger.ts'
import { type RealServer, type Running, smallLimit } from './server.ts'

/** More than any content here. */
const plenty = 1_073_741_824

async function startFastify(): Promise<Running> {
  const book = new Ledger()
  const app = fastify({ bodyLimit: plenty, forceCloseConnections: true })
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, content, done) => {
    done(null, content)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { status, headers } = refusal(request.url, 0) ?? {}
    if (status !== undefined)
      await reply
        .code(status)
        .headers(headers ?? {})
        .send()
  })
  for (const [path, bodyLimit] of [
    ['/files/*', plenty],
    ['/small/*', smallLimit],
  ] as const) {
    app.put<{ Body: Buffer }>(path, { bodyLimit }, async (request, reply) => {
      book.note(request.url, sha256(request.body))
      await reply.code(201).send()
    })
  }
  for (const path of ['/private/*', '/moved/*']) app.put(path, async () => '')
  await app.listen({ host: '127.0.0.1', port: 0 })
  closeLater(() => app.close())
  return { port: (app.server.address() as AddressInfo).port, stored: book.stored }
}

async function startExpress(): Promise<Running> {
  const book = new Ledger()
  const app = express()
  app.use((request, response, next) => {
    const { status, headers } = refusal(request.url, 0) ?? {}
    if (status === undefined) next()
    else
      response
        .status(status)
        .set(headers ?? {})
        .end()
  })
  for (const [path, limit] of [
    ['/files/*name', plenty],
    ['/small/*name', smallLimit],
  ] as const) {
    app.put(path, express.raw({ type: () => true, limit }), (request, response) => {
      book.note(request.url, sha256(request.body as Buffer))
      response.status(201).end()
    })
  }
  return { port: await listening(createServer(app)), stored: book.stored }
}

export const frameworks: readonly RealServer[] = [
  { name: 'fastify', needs: [], start: startFastify },
  { name: 'express', needs: [], start: startExpress },
]
