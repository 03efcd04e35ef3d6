import { outcomeLine, startExchange, uploadsLines } from './origin.ts'
import { type Platform, resultOf } from './platform.ts'
import { runPackage } from './program.ts'

const ownLines = [
  `Bun.file(): ${outcomeLine('417')}`,
  'install(): 413 refused',
  'a form: 201',
  'request() of undici/index.js: 413',
  'an Agent of undici/index.js: refused 0',
  'an Agent of undici: refused',
]

/** Uploads on Bun, which has its own undici. */
export const bun: Platform = async (folder) => {
  const { printed: version } = await runPackage('bun@1', ['--version'])
  const name = `Bun ${version.trim()}`
  const { args, origin } = await startExchange()
  const uploads = await runPackage('bun@1', ['uploads.mjs', ...args], { cwd: folder })
  const own = await runPackage('bun@1', ['bun.mjs', ...args], { cwd: folder })
  const forms = origin.requests.filter(({ headers }) =>
    headers['content-type']?.startsWith('multipart/form-data'),
  )
  // Both files.
  const complete = forms.length === 1 && forms.every(({ bytes }) => bytes > 2 * 2_097_152)
  const formLine = `the origin got the complete form: ${complete}`
  return [
    resultOf(`${name}, uploads`, uploads, uploadsLines),
    resultOf(`${name}, its own classes`, { ...own, printed: `${own.printed}${formLine}` }, [
      ...ownLines,
      'the origin got the complete form: true',
    ]),
  ]
}
