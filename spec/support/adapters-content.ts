import type { ReadStream } from 'node:fs'
import type { OriginOptions, TestOrigin } from '../../lib/testing/index.ts'
import { noise, sha256 } from './contents.ts'
import { temporaryFile, temporaryStream } from './files.ts'

/** Larger than the default threshold, so it is sent with an expectation. */
export const content: Buffer = noise(1_500_000)
export const digest: string = sha256(content)

export function filePath(): string {
  return temporaryFile(content)
}

/** A one-shot stream of a file with the content. */
export function fileStream(): ReadStream {
  return temporaryStream(content)
}

/** The wait may only run out with a silent origin, however slow the machine is. */
export function waitFor(mode: OriginOptions['mode'] = 'go'): { continueTimeout: number } {
  return { continueTimeout: mode === 'silent' ? 20 : 60_000 }
}

/** For each request with content: whether it had an expectation, the bytes and the sha256. */
export function uploadsOf(origin: TestOrigin): readonly (readonly [boolean, number, string])[] {
  return origin.requests
    .filter(({ method }) => ['PUT', 'PATCH', 'POST'].includes(method))
    .map(({ asked, bytes, sha256 }) => [asked, bytes, sha256] as const)
}

export function completeUpload(asked: boolean): readonly [boolean, number, string] {
  return [asked, content.length, digest]
}

export const headOnly: readonly [boolean, number, string] = [true, 0, '']
