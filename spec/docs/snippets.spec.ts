import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { snippets, snippetsOf } from '../support/snippets.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const hooks = new URL('../support/own-package.ts', import.meta.url).href
const all = snippets()

/** A folder like a user's project, with the file that the snippets upload. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'video.h264'), Buffer.alloc(8 * 1024 * 1024, 'video'))
  return folder
}

/** How the compiler resolves this package by its name. */
function compilerOptions(): object {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const paths = Object.keys(exports)
    .filter((key) => key !== './package.json')
    .map((key) => {
      const source = key === '.' || key === './testing' ? `${key}/index.ts` : `${key}.ts`
      return [key.replace('.', 'expect-continue'), [join(root, 'lib', source)]]
    })
  return {
    paths: Object.fromEntries(paths),
    rootDir: '/',
    noEmit: true,
    skipLibCheck: true,
    declaration: false,
    isolatedDeclarations: false,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: false,
  }
}

describe('the snippets of README and the manual', () => {
  let folder = ''
  before(() => {
    folder = project()
  })
  after(() => rmSync(folder, { recursive: true }))

  it('have correct types', async function () {
    this.timeout(120_000)
    const types = join(folder, 'types')
    mkdirSync(types)
    for (const [at, { name, code }] of all.entries()) {
      writeFileSync(join(types, `${at}.ts`), `// ${name}\n${code}export {}\n`)
    }
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: compilerOptions(),
      include: ['types'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const compiler = join(root, 'node_modules/.bin/tsc')
    const { stdout } = await run(compiler, ['-p', folder]).catch((error) => error)
    const named = stdout.replaceAll(
      /^.*types\/(\d+)\.ts/gm,
      (_: string, at: string) => all[+at]?.name,
    )
    expect(named).to.equal('')
  })

  for (const { name, code, noRun, prints } of all) {
    if (noRun !== null) continue
    it(`run without changes: ${name}`, async function () {
      this.timeout(60_000)
      const file = join(folder, 'snippet.ts')
      writeFileSync(file, code)
      // Without the cache, each snippet would compile this package and undici again.
      const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') }
      const args = ['--import', hooks, file]
      const { stdout, stderr } = await run(process.execPath, args, { cwd: folder, env })
      expect(stderr).to.equal('')
      const printed = stdout.trimEnd().split('\n')
      if (prints.length > 0) {
        expect(printed.filter((line) => prints.includes(line))).to.deep.equal(prints)
      }
    })
  }

  it('are three in README', () => {
    expect(all.filter(({ name }) => name.startsWith('README'))).to.have.length(3)
  })
})

describe('snippetsOf', () => {
  it('finds code, its expected output, and why it cannot run', () => {
    const text =
      'a\n\n```ts\nconsole.log(1) // 1\n```\n\n```ts no-run: why\nx\n```\n\n```sh\ny\n```\n'
    expect(snippetsOf('a.md', text)).to.deep.equal([
      { name: 'a.md:4', code: 'console.log(1) // 1\n', noRun: null, prints: ['1'] },
      { name: 'a.md:8', code: 'x\n', noRun: 'why', prints: [] },
    ])
  })
})
