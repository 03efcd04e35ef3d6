import { dirname, posix } from 'node:path'
import type { Page } from './pages.ts'
import { readScript } from './server/files.ts'
import { type Ports, queryOf } from './server/site.ts'

/** A script of a page. */
export interface Script {
  readonly name: string
  readonly source: string
}

/** The harness that each page loads. */
export const harness = '/resources/testharness.js'

/** The scripts that a browser would run for a page, in order. */
export function scriptsOf(folder: string, page: Page, ports: Ports): Script[] {
  const query = queryOf(page.path)
  const read = (name: string): Script => {
    const path = posix.resolve('/', dirname(page.file), name)
    return { name: path, source: readScript(folder, path, ports, query) }
  }
  const own = read(`/${page.file}`)
  if (page.file.endsWith('.js')) {
    const used = own.source.matchAll(/^\/\/ META: script=(.*)$/gm)
    return [read(harness), kind, ...[...used].map(([, name = '']) => read(name.trim())), own]
  }
  const elements = own.source.matchAll(
    /<script(?:[^>]*\ssrc="?([^"\s>]+)"?)?[^>]*>(.*?)<\/script>/gs,
  )
  return [...elements].map(([, name, source = '']) => {
    return name === undefined ? { name: own.name, source } : read(name)
  })
}

/** What the suite's server inserts before such a test. */
const kind: Script = {
  name: 'kind',
  source:
    'self.GLOBAL = { isWindow: () => true, isWorker: () => false, isShadowRealm: () => false }',
}
