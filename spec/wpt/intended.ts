import type { Test } from './compare.ts'

/** Tests that must fail, and why; specs of this project cover the reasons. */
const intended: readonly (readonly [path: string, name: RegExp, why: string])[] = [
  [
    '/fetch/api/basic/request-upload.any.html',
    /^Streaming upload shouldn't work on Http\/1\.1\.$/,
    'a stream without duplex is sent, because duplex is never needed',
  ],
  [
    '/fetch/api/redirect/redirect-upload.h2.any.html',
    /^Fetch upload streaming should fail on 30[78]$/,
    'a stream that nothing was read from follows a redirect',
  ],
]

/** Why a test must fail; `null` for others. */
export function intention({ page, name }: Test): string | null {
  const found = intended.find(([path, pattern]) => path === page.path && pattern.test(name))
  return found?.[2] ?? null
}
