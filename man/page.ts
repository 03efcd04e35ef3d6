import { createProgram } from '../lib/cli/main.ts'
import { manualOf } from './manual.ts'

/** Where the manual page is kept. */
export const pagePath: URL = new URL('./expect-continue.1', import.meta.url)

/** The manual page as it should be. */
export function currentPage(): string {
  const session = {
    terminal: process,
    signal: new AbortController().signal,
    cancel: () => {},
    exit: () => {},
  }
  return manualOf(createProgram(session))
}
