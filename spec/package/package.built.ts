import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { expect } from 'chai'
import { build } from 'esbuild'
import { commandFile } from '../support/tested.ts'

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
  readonly dependencies?: Readonly<Record<string, string>>
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** All packages that are installed with a package. */
function packagesOf(folder: string): string[] {
  const names = Object.keys(manifestIn(folder).dependencies ?? {})
  return names.flatMap((name) => [name, ...packagesOf(join('node_modules', name))])
}

const files = readdirSync('dist', { recursive: true, encoding: 'utf8' })
const modules = files.filter((file) => file.endsWith('.js')).map((file) => join('dist', file))
const entries = Object.values(manifestIn('.').exports).flatMap((target) =>
  typeof target === 'string' ? [] : [target.default],
)
// The test origin uses only Node, not undici.
const withUndici = entries.filter((entry) => !entry.includes('testing'))

/** Runs this Node as if it had another version; returns its error output and its status. */
function runAs(version: string, args: readonly string[]): Promise<{ err: string; status: number }> {
  const versions = `{ ...process.versions, node: '${version}' }`
  const pretend = `Object.defineProperty(process, 'versions', { value: ${versions} })`
  const first = `data:text/javascript,${encodeURIComponent(pretend)}`
  const child = spawn(process.execPath, ['--import', first, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ err, status: status ?? -1 }))
  })
}

describe('the published package', () => {
  it('installs undici, and nothing else', () => {
    expect(packagesOf('.')).to.eql(['undici'])
  })

  it('imports only Node, undici and itself', () => {
    const imported = modules.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) .*?"([^"]+)";$/gm)].map(
        ([, name]) => name ?? '',
      ),
    )
    const others = imported.filter((name) => !/^(node:|\.)/.test(name))
    expect(new Set(others)).to.eql(new Set(['undici/index.js']))
    const builtins = imported.filter((name) => name.startsWith('node:'))
    expect(builtinModules).to.include.members(builtins.map((name) => name.slice('node:'.length)))
  })

  it('has a source map for each module of the library', () => {
    const mapped = modules.filter((file) => !/dist.(cli|index\.js)/.test(file))
    for (const file of mapped) {
      const { sources, sourcesContent } = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
      expect(sources, file).not.to.be.empty
      expect(sourcesContent, file).to.have.lengthOf(sources.length)
    }
  })

  it('has the licence of each bundled package', () => {
    const within = [readFileSync('dist/licenses.txt'), readFileSync('dist/cli/licenses.txt')]
    for (const name of [
      'form-data-encoder',
      'lru-cache',
      'commander',
      'log-update',
      'string-width',
    ]) {
      expect(within.join('\n')).to.match(new RegExp(`^${name} \\d`, 'm'))
    }
  })

  it('can be tree-shaken', async () => {
    const options = {
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
      logLevel: 'silent',
    } as const
    const sizeOf = async (contents: string): Promise<number> => {
      const stdin = { contents, resolveDir: process.cwd() }
      const { outputFiles } = await build({ ...options, external: ['undici'], stdin })
      return outputFiles[0]?.contents.length ?? 0
    }
    const all = await sizeOf("export * from 'expect-continue'")
    expect(await sizeOf("import 'expect-continue'")).to.be.below(all / 100)
    const one = await sizeOf("export { expectContinue } from 'expect-continue'")
    expect(one).to.be.within(all / 10, (all * 3) / 4)
  })

  for (const entry of withUndici) {
    it(`names the required Node version: ${entry}`, async () => {
      const args = ['--input-type=module', '-e', `import '${entry}'`]
      const old = await runAs('22.18.0', args)
      expect(old.err).to.contain(
        'Error: expect-continue needs Node.js 22.19 or newer, and this is 22.18.0\n',
      )
      expect(await runAs('22.19.0', args)).to.eql({ err: '', status: 0 })
    })
  }

  for (const entry of withUndici) {
    it(`keeps the global dispatcher of an undici 6: ${entry}`, async () => {
      const place = "globalThis[Symbol.for('undici.globalDispatcher.1')]"
      const program = `
        const own = { dispatch: () => false }
        ${place} = own
        await import('${entry}')
        if (${place} !== own) throw new Error('it was replaced')
      `
      const args = ['--input-type=module', '-e', program]
      expect(await runAs(process.versions.node, args)).to.eql({ err: '', status: 0 })
    })
  }

  it('names the Node version that the command requires', async () => {
    const err = 'expect-continue needs Node.js 22.19 or newer, and this is 20.20.2\n'
    expect(await runAs('20.20.2', [commandFile, 'probe'])).to.eql({ err, status: 2 })
    expect(await runAs('24.0.0', [commandFile, '--version'])).to.eql({ err: '', status: 0 })
  })
})
