import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { defineConfig, type OutputOptions, type Plugin, type RolldownOptions } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

/** What is published: modules for programs, their declarations, and the command. */

const shared: RolldownOptions = { platform: 'node', external: [/^node:/, /^undici/] }

const input = {
  index: 'lib/index.ts',
  'testing/index': 'lib/testing/index.ts',
  'adapters/azure': 'lib/adapters/azure.ts',
  'adapters/tus': 'lib/adapters/tus.ts',
}

const output: OutputOptions = {
  dir: 'dist',
  format: 'esm',
  sourcemap: true,
  chunkFileNames: '[name].js',
  // The declarations have them.
  comments: { jsdoc: false },
}

const library: RolldownOptions = {
  ...shared,
  input,
  plugins: [inAscii(), licencesOf('licenses.txt')],
  output: {
    ...output,
    // rolldown would import undici before it.
    banner: ({ name }) => (name === 'main' ? "import './before-undici.js'" : ''),
    codeSplitting: {
      // What a group needs goes along, unless one above has it.
      groups: [
        {
          name: 'before-undici',
          test: /lib\/runtime\/(legacy-dispatcher|node-version)/,
          priority: 4,
        },
        { name: 'unknown', test: /lib\/unknown/, priority: 3 },
        { name: 'main', test: /lib\/(?!testing|adapters)|form-data-encoder/, priority: 2 },
        { name: 'adapters/sender', test: /lib\/adapters\/(?!azure|tus)/, priority: 1 },
      ],
    },
  },
}

const declarations: RolldownOptions = {
  ...shared,
  input,
  plugins: [dts({ emitDtsOnly: true })],
  output: { dir: 'dist', chunkFileNames: '[name].d.ts' },
}

/** The command has the packages that it alone needs within it. */
const command: RolldownOptions = {
  ...shared,
  input: { 'cli/bin': 'lib/cli/bin.ts' },
  plugins: [onTopOf('index.ts', 'testing/index.ts'), inAscii(), licencesOf('cli/licenses.txt')],
  output: { ...output, sourcemap: false, chunkFileNames: 'cli/[name].js' },
}

/** Leaves entries of the library out. */
function onTopOf(...entries: readonly string[]): Plugin {
  return {
    name: 'on-top-of',
    resolveId(source, importer) {
      const found = importer === undefined ? '' : relative('lib', resolve(importer, '..', source))
      if (!entries.includes(found)) return null
      return { id: `../${found.replace('.ts', '.js')}`, external: true }
    },
  }
}

/** Writes other characters as escapes: V8 compiles a file of ASCII in nine tenths of the time. */
function inAscii(): Plugin {
  const escaped = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return {
    name: 'in-ascii',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = file.code.replaceAll(/[\u0080-\uffff]/g, escaped)
      }
    },
  }
}

/** Writes down the licences of the packages that are within. */
function licencesOf(fileName: string): Plugin {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      const files = Object.values(bundle).flatMap((file) =>
        file.type === 'chunk' ? file.moduleIds : [],
      )
      const packages = files.filter((id) => id.includes('node_modules')).map(packageOf)
      const source = [...new Set(packages)].sort().map(licenceOf).join('\n')
      this.emitFile({ type: 'asset', fileName, source })
    },
  }
}

/** The folder of the package that a file belongs to. */
function packageOf(file: string): string {
  const folder = dirname(file)
  const manifest = join(folder, 'package.json')
  const isPackage = existsSync(manifest) && 'version' in JSON.parse(readFileSync(manifest, 'utf8'))
  return isPackage ? folder : packageOf(folder)
}

function licenceOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  if (file === undefined) throw new Error(`${name} has no licence`)
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8')}`
}

// biome-ignore lint/style/noDefaultExport: this is where rolldown looks for it.
export default defineConfig([library, declarations, command])
