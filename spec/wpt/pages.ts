import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A test file as it is run: one variant of it, under http or https. */
export interface Page {
  /** Below the folder. */
  readonly file: string
  /** Path and query. */
  readonly path: string
  readonly secure: boolean
  /** The time limit in ms. */
  readonly limit: number
}

/** What undici runs below `fetch`, for bodies, redirects, aborting and headers. */
const parts: readonly (readonly [under: string, only?: RegExp])[] = [
  ['fetch/api/abort'],
  ['fetch/api/basic'],
  ['fetch/api/body'],
  ['fetch/api/cors', /redirect|cookies|no-preflight/],
  ['fetch/api/credentials'],
  ['fetch/api/headers'],
  ['fetch/api/redirect'],
  ['fetch/api/request'],
  ['fetch/api/response'],
  ['fetch/content-encoding'],
  ['fetch/content-length'],
  ['fetch/data-urls'],
  ['fetch/h1-parsing'],
  ['fetch/range'],
  ['fetch/security', /1xx-response/],
]

/** Tests that need a browser: documents, workers and caches, which fetch in Node lacks. */
const browser =
  /\/(resources|destination|multi-globals)\/|worker|navigat|iframe|destroyed-context|crash|keepalive|abort\/cache|block-mime|content-length\.html|sw\.https/

const kinds = /\.(any|window)\.js$|\.html$/

/** The pages to run; `filter` is a part of their paths. */
export function pagesIn(folder: string, filter: string): Page[] {
  return parts
    .flatMap(([under, only]) => filesIn(folder, under).filter((file) => only?.test(file) ?? true))
    .filter((file) => kinds.test(file) && !browser.test(file))
    .flatMap((file) => pagesOf(file, readFileSync(join(folder, file), 'utf8')))
    .filter(({ path }) => path.includes(filter))
}

/** The name of a page; some run under both schemes. */
export function titleOf({ path, secure }: Page): string {
  return secure ? `${path} (https)` : path
}

function filesIn(folder: string, under: string): string[] {
  const path = join(folder, under)
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return []
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return names.map((name) => `${under}/${name.replaceAll('\\', '/')}`).sort()
}

function pagesOf(file: string, text: string): Page[] {
  const path = `/${file.replace(/\.(any|window)\.js$/, '.$1.html')}`
  const marks = text.matchAll(/(?:META: |<meta name="?)variant(?:=|"? content=")([^"\n]+)/g)
  const variants = [...marks].map(([, variant = '']) => variant)
  const limit = /META: timeout=long|name="?timeout"? content="?long/.test(text) ? 60_000 : 10_000
  // Tests for HTTP/2 also run over HTTP/1.1, as in undici.
  const schemes = file.includes('.h2.') ? [false, true] : [file.includes('.https.')]
  return schemes.flatMap((secure) =>
    (variants.length === 0 ? [''] : variants).map((query) => {
      return { file, path: path + query, secure, limit }
    }),
  )
}
