import type { Dispatcher } from 'undici'
import type { ExpectOptions } from '../options.ts'
export type FetchInput = Parameters<typeof globalThis.fetch>[0]
export interface Target {
  readonly input: FetchInput
  readonly init: any
}
export interface CallPlan {
  dispatcher: Dispatcher | undefined
  options: ExpectOptions
  log: any
}
const platformFetch = globalThis.fetch
export async function callPlatform(
  { input, init }: Target,
  plan: CallPlan,
  content: any,
  _taken: any = null,
): Promise<Response> {
  if (content === null) return platformFetch(input, init)
  const { upload } = await import('./upload.ts')
  const { method = 'GET', headers, signal, redirect } = init
  const { response } = await upload(String(input), (await import('../content/content.ts')).makeContent(content), {
    ...plan.options,
    redirect: redirect ?? 'follow',
    method,
    headers,
    signal: signal ?? undefined,
    dispatcher: plan.dispatcher,
  } as any)
  return response
}
