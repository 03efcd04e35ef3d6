import type { ReadStream } from 'node:fs'
import type { OriginOptions, TestOrigin } from '../../lib/testing/index.ts'
import { noise, sha256 } from './contents.ts'
import { temporaryFile, temporaryStream } from './files.ts'

/** More than what is asked for by default. */
export const content: Buffer = noise(1_500_000)
/** What the origin is to have received. */
export const digest: string = sha256(content)

/** The path of a file that holds the content. */
export function filePath(): string {
  return temporaryFile(content)
}

/** The content in a file, as a stream that can be read once. */
export function fileStream(): ReadStream {
  return temporaryStream(content)
}

/** Only where nobody answers may the wait run out, however slow the machine is. */
export function waitFor(mode: OriginOptions['mode'] = 'go'): { continueTimeout: number } {
  return { continueTimeout: mode === 'silent' ? 20 : 60_000 }
}

/** What an origin saw of each request that was to have content. */
export function uploadsOf(origin: TestOrigin): readonly (readonly [boolean, number, string])[] {
  return origin.requests
    .filter(({ method }) => ['PUT', 'PATCH', 'POST'].includes(method))
    .map(({ asked, bytes, sha256 }) => [asked, bytes, sha256] as const)
}

/** An upload that arrived whole. */
export function completeUpload(asked: boolean): readonly [boolean, number, string] {
  return [asked, content.length, digest]
}

/** A request of which nothing but the head arrived. */
export const headOnly: readonly [boolean, number, string] = [true, 0, '']
