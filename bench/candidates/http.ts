import { Agent, request } from 'node:http'
import { pipeline } from 'node:stream'
import { type Candidate, contentLength, type Upload } from '../candidate.ts'

/** Node's `http` with the expectation, the wait and the replay written by hand. */
export function make(): Candidate {
  const agent = new Agent({ keepAlive: true })
  return {
    async send(upload) {
      const status = await attempt(upload, agent, true)
      return status === 417 ? await attempt(upload, agent, false) : status
    },
  }
}

function attempt(upload: Upload, agent: Agent, asks: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const { url, method, source } = upload
    const headers = { ...contentLength(upload), ...(asks && { expect: '100-continue' }) }
    const sent = request(url, { method, headers, agent })
    let begun = false
    const begin = (): void => {
      clearTimeout(timer)
      if (begun) return
      begun = true
      const body = source.body()
      if (Buffer.isBuffer(body)) sent.end(body)
      else pipeline(body, sent, (error) => error && reject(error))
    }
    const timer = setTimeout(begin, 1000)
    if (!asks) begin()
    sent.on('continue', begin)
    sent.on('error', reject)
    sent.on('response', (response) => {
      clearTimeout(timer)
      response.resume()
      response.on('end', () => {
        if (!begun) sent.destroy()
        resolve(response.statusCode ?? 0)
      })
    })
  })
}
