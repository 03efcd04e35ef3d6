import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { expect } from 'chai'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'

const created = 'undici:request:create'

describe('an upload that is dispatched at the end of a response', () => {
  for (const expects of ['always', 'never'] as const) {
    it(`runs in the async context of its own caller: ${expects}`, async () => {
      const caller = new AsyncLocalStorage<string>()
      const callers: (string | undefined)[] = []
      const onCreate = (): void => {
        callers.push(caller.getStore())
      }
      const server = createServer((incoming, response) => {
        incoming.resume().on('end', () => response.writeHead(204).end())
      })
      const origin = `http://127.0.0.1:${await listening(server)}`
      const dispatcher = agentFor({ expect: expects })
      const sendAs = ([name, ...rest]: string[], done: (error?: Error) => void): void => {
        if (name === undefined) done()
        else {
          caller.run(name, () => {
            dispatcher.dispatch(
              { origin, path: '/', method: 'PUT', body: 'bytes' },
              {
                onResponseEnd: () => sendAs(rest, done),
                onResponseError: (_controller, error) => done(error),
              },
            )
          })
        }
      }
      subscribe(created, onCreate)
      try {
        await new Promise<void>((resolve, reject) => {
          sendAs(['a', 'b', 'c'], (error) => (error ? reject(error) : resolve()))
        })
      } finally {
        unsubscribe(created, onCreate)
      }
      expect(callers).to.eql(['a', 'b', 'c'])
    })
  }
})
