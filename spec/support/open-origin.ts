import { type OriginOptions, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from './closing.ts'
import { signal } from './signal.ts'

/** Starts an origin that is closed after the spec. */
export async function openOrigin(options: OriginOptions = {}): Promise<TestOrigin> {
  const origin = await startOrigin(options)
  closeLater(() => origin.close())
  return origin
}

/** Starts an origin that never answers; `asked` resolves when a request has arrived. */
export async function silentOrigin(): Promise<{ origin: TestOrigin; asked: Promise<void> }> {
  const asked = signal()
  const mode = (): 'silent' => {
    asked.raise()
    return 'silent'
  }
  return { origin: await openOrigin({ mode }), asked: asked.raised }
}
