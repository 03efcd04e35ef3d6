import { spawn } from 'node:child_process'
import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import axios from 'axios'
import got from 'got'
import nodeFetch from 'node-fetch'
import { request } from 'undici'
import { ExpectAgent, fetch as ourFetch, upload } from '../ours.ts'
import type { Client } from './client.ts'

const method = 'PUT'
const byHeader = 'the header'

function headersFor(asks: boolean): Record<string, string> {
  return asks ? { expect: '100-continue' } : {}
}

/** This package first. Each is used as its documentation says, with its defaults. */
export const clients: readonly Client[] = [
  {
    name: 'expect-continue, `upload`',
    asksBy: 'default',
    async send(url, content) {
      const { response } = await upload(url, content, { memory: false })
      return response.status
    },
  },
  {
    name: 'expect-continue, `fetch`',
    asksBy: 'default',
    async send(url, body) {
      return (await ourFetch(url, { method, body, memory: false })).status
    },
  },
  {
    name: 'undici `request` with `ExpectAgent`',
    asksBy: 'default',
    async send(url, body) {
      const dispatcher = new ExpectAgent({ memory: false, redirect: 'follow' })
      const { statusCode } = await request(url, { method, body, dispatcher })
      return statusCode
    },
  },
  {
    name: 'undici `request`',
    asksBy: byHeader,
    async send(url, body, asks) {
      return (await request(url, { method, body, headers: headersFor(asks) })).statusCode
    },
  },
  {
    name: 'built-in `fetch`',
    asksBy: byHeader,
    async send(url, content, asks) {
      const body = Readable.toWeb(content)
      const init = { method, body, duplex: 'half', headers: headersFor(asks) }
      return (await globalThis.fetch(url, init as unknown as RequestInit)).status
    },
  },
  {
    name: '`node:http`, piped',
    asksBy: byHeader,
    send: (url, content, asks) =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(url, { method, headers: headersFor(asks) })
        sent.on('response', (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
        pipeline(content, sent).catch(reject)
      }),
  },
  {
    name: 'axios',
    asksBy: byHeader,
    async send(url, data, asks) {
      const headers = headersFor(asks)
      return (await axios.put(url, data, { headers, validateStatus: () => true })).status
    },
  },
  {
    name: 'got',
    asksBy: byHeader,
    async send(url, body, asks) {
      const headers = headersFor(asks)
      return (await got.put(url, { body, headers, throwHttpErrors: false })).statusCode
    },
  },
  {
    name: 'node-fetch',
    asksBy: byHeader,
    async send(url, body, asks) {
      return (await nodeFetch(url, { method, body, headers: headersFor(asks) })).status
    },
  },
  {
    name: 'AWS SDK (smithy’s handler)',
    asksBy: byHeader,
    async send(url, body, asks) {
      const { hostname, port, pathname: path, protocol } = new URL(url)
      const headers = headersFor(asks)
      const sent = {
        method,
        protocol,
        hostname,
        port: Number(port),
        path,
        query: {},
        headers,
        body,
      }
      type Sent = Parameters<NodeHttpHandler['handle']>[0]
      // The handler uses only these properties.
      const { response } = await new NodeHttpHandler().handle(sent as unknown as Sent)
      return response.statusCode
    },
  },
  {
    name: 'curl',
    asksBy: 'default',
    send: (url, content) =>
      new Promise((resolve, reject) => {
        const options = [
          '-sS',
          '-L',
          '--post301',
          '-T',
          '-',
          '-o',
          '/dev/null',
          '-w',
          '%{http_code}',
        ]
        const child = spawn('curl', [...options, url], { stdio: ['pipe', 'pipe', 'pipe'] })
        let out = ''
        let talk = ''
        child.stdout.on('data', (text) => {
          out += text
        })
        child.stderr.on('data', (text) => {
          talk += text
        })
        child.on('error', reject)
        child.on('close', (code) => {
          if (code === 0) resolve(Number(out))
          else reject(Object.assign(new Error(talk.trim()), { code: `curl ${code}` }))
        })
        // curl may close its standard input early.
        pipeline(content, child.stdin).catch(() => {})
      }),
  },
]
