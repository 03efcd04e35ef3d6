import { createProgram } from '../lib/cli/main.ts'
import { manualOf } from './manual.ts'

export const pagePath: URL = new URL('./expect-continue.1', import.meta.url)

/** The manual page that the current commands give. */
export function currentPage(): string {
  const session = {
    terminal: process,
    signal: new AbortController().signal,
    cancel: () => {},
    exit: () => {},
  }
  return manualOf(createProgram(session))
}
