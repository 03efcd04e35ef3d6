import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const lib = fileURLToPath(new URL('../../lib', import.meta.url))

/** The imports of the files in `cli`, or of all other files: paths in `lib`, or names. */
function importsOf(cli: boolean): string[] {
  return readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path.startsWith('cli/') === cli)
    .flatMap((path) =>
      [...readFileSync(join(lib, path), 'utf8').matchAll(/ from '([^']+)'/g)].map(
        ([, name = '']) => (name.startsWith('.') ? `./${join(dirname(path), name)}` : name),
      ),
    )
}

describe('the command line', () => {
  it('imports only exports of the package', () => {
    const outside = importsOf(true).filter((name) => /^\.\/(?!cli\/)/.test(name))
    // A Node that is too old cannot load what the package exports, so it could not print that it is too old.
    const exported = ['./index.ts', './testing/index.ts', './runtime/node-version.ts']
    expect(outside).to.include.members(exported)
    expect(outside.filter((name) => !exported.includes(name))).to.deep.equal([])
  })

  it('is the only importer of its own dependencies', () => {
    const alone = /commander|log-update|string-width/
    expect(importsOf(true).filter((name) => alone.test(name))).not.to.be.empty
    expect(importsOf(false).filter((name) => alone.test(name))).to.deep.equal([])
  })
})
