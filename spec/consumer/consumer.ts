import { createReadStream } from 'node:fs'
import {
  ExpectAgent,
  expectContinue,
  fetch,
  fromFile,
  gatedPool,
  install,
  RouteMemory,
  type RouteRecord,
  renderTimeline,
  reportOf,
  UploadError,
  type UploadReport,
  upload,
} from 'expect-continue'
import { Agent, EnvHttpProxyAgent, request, setGlobalDispatcher } from 'undici'

/** Code of a user of the package; only its types are checked. */
export async function use(url: string): Promise<UploadReport> {
  const saved: readonly RouteRecord[] = new RouteMemory({ max: 10, busyFor: 1000 }).list()
  const memory = RouteMemory.from(JSON.parse(JSON.stringify(saved)), { max: 10 })
  const dispatcher = new ExpectAgent({ connections: 8, continueTimeout: 'adaptive', memory })
  setGlobalDispatcher(dispatcher)
  const composed: Agent = new Agent({ factory: gatedPool })
  composed.compose(expectContinue({ expect: 'always' }))
  new EnvHttpProxyAgent({ factory: gatedPool }).compose(expectContinue())

  await using agent = new ExpectAgent()
  using undo = install()
  if (agent.closed) undo()

  const response: Response = await fetch(url, { method: 'PUT', body: createReadStream('a') })
  await fetch(new Request(url), { expect: 'never', onProgress: ({ rate }) => rate.toFixed() })
  await request(url, { method: 'PUT', body: createReadStream('a'), dispatcher })
  const outcome = reportOf(response)?.outcome
  if (outcome === 'refused') throw new Error(outcome)

  try {
    const { report } = await upload(url, fromFile('video.h264', { start: 0, end: 9 }), {
      headers: { authorization: 'Bearer …' },
      signal: AbortSignal.timeout(1000),
      onProgress: ({ phase, sent, total }) => console.log(phase, sent, total),
    })
    await upload(url, () => createReadStream('a'))
    await upload(url, new FormData())
    await upload(url, [new Uint8Array(1)])
    const picture: string = renderTimeline(report, 'svg')
    if (picture === '') throw new Error('empty')
    return report
  } catch (error) {
    if (error instanceof UploadError && error.code === 'ERR_EXPECT_NO_GATE') throw error.cause
    throw error
  }
}
