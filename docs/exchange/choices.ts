import type { ClientChoice, ContentChoice, OriginChoice } from './recording.ts'

/** What can be chosen, and what each choice is called. */
export const choices: {
  readonly origin: readonly (readonly [OriginChoice, string])[]
  readonly client: readonly (readonly [ClientChoice, string])[]
  readonly content: readonly (readonly [ContentChoice, string])[]
} = {
  origin: [
    ['go', 'says go'],
    ['silent', 'stays silent'],
    ['413', '413, too large'],
    ['417', '417, no expectations'],
    ['401', '401, then lets in'],
    ['307', '307, elsewhere'],
    ['503', '503, later'],
  ],
  client: [
    ['default', 'asks, waits 1000 ms'],
    ['short-wait', 'asks, waits 300 ms'],
    ['never', 'does not ask'],
  ],
  content: [
    ['file', 'a file'],
    ['stream', 'a stream, read once'],
  ],
}
