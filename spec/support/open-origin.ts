import { type OriginOptions, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from './closing.ts'

/** Starts an origin that is closed after the spec. */
export async function openOrigin(options: OriginOptions = {}): Promise<TestOrigin> {
  const origin = await startOrigin(options)
  closeLater(() => origin.close())
  return origin
}
