import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { build } from 'esbuild'
import { esbuildCommon, esbuildOptions } from '../support/esbuild-options.ts'
import { receiver } from '../support/receiver.ts'
import { libraryFile } from '../support/tested.ts'

const run = promisify(execFile)

/** A program that uploads with each face, and prints the results. */
const program = `
  import { ExpectAgent, createFetch, fetch, install, reportOf, upload } from '${libraryFile}'
  import { request } from 'undici'

  const url = process.argv[2]
  const body = Buffer.alloc(2_000_000, 'a')
  const outcome = async (response) => [response.status, reportOf(response)?.reason]

  async function main() {
    const { response, report } = await upload(url, body)
    const lines = [[response.status, report.reason]]
    lines.push(await outcome(await fetch(url, { method: 'PUT', body })))
    lines.push(await outcome(await createFetch()(url, { method: 'PUT', body })))
    const dispatcher = new ExpectAgent()
    const { statusCode } = await request(url, { method: 'PUT', body, dispatcher })
    lines.push([statusCode])
    await dispatcher.compose((dispatch) => (options, handler) => dispatch(options, handler)).close()
    const undo = install()
    lines.push(await outcome(await globalThis.fetch(url, { method: 'PUT', body })))
    undo()
    console.log(JSON.stringify(lines))
    process.exit()
  }
  main()
`

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('a bundle of esbuild', () => {
  for (const [name, options] of Object.entries(esbuildOptions)) {
    it(`sends expectations: ${name}`, async () => {
      const { url, receipts } = await receiver(createServer(), 'http')
      const folder = await mkdtemp(join(tmpdir(), 'expect-continue-'))
      try {
        const outfile = join(folder, options.format === 'cjs' ? 'bundle.cjs' : 'bundle.mjs')
        const stdin = { contents: program, resolveDir: root, loader: 'ts' } as const
        await build({ ...esbuildCommon, ...options, stdin, outfile })
        const { stdout } = await run(process.execPath, [outfile, url])
        const asked = [201, 'threshold']
        expect(JSON.parse(stdout)).to.eql([asked, asked, asked, [201], asked])
        expect(receipts.map((receipt) => receipt.asked)).to.eql(receipts.map(() => true))
      } finally {
        await rm(folder, { recursive: true })
      }
    })
  }
})
