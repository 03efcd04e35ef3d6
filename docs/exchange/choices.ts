import type { ClientChoice, ContentChoice, OriginChoice } from './recording.ts'

/** The choices and their labels. The first of each is selected at first. */
export const choices: {
  readonly origin: readonly (readonly [OriginChoice, string])[]
  readonly client: readonly (readonly [ClientChoice, string])[]
  readonly content: readonly (readonly [ContentChoice, string])[]
} = {
  origin: [
    ['go', '100'],
    ['413', '413'],
    ['417', '417'],
    ['401', '401'],
    ['307', '307'],
    ['503', '503'],
    ['silent', 'silence'],
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
