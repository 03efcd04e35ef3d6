import { join } from 'node:path'
import { build } from 'esbuild'
import { rolldown } from 'rolldown'
import { esbuildCommon, esbuildOptions } from '../../support/esbuild-options.ts'
import { run } from '../program.ts'

/** Bundles the program in a folder; returns the file of the bundle. */
export type Bundle = (folder: string) => Promise<string>

/** Packages of the bundlers that are not dependencies of this project. */
export const bundlerPackages: readonly string[] = [
  'webpack@5',
  'rollup@4',
  '@rollup/plugin-commonjs@29',
  '@rollup/plugin-json@6',
  '@rollup/plugin-node-resolve@16',
  'vite@8',
]

/** Production builds by name. */
export const bundles: Readonly<Record<string, Bundle>> = {
  'webpack 5': (folder) => script('webpack', 'cjs', folder),
  'rollup 4': (folder) => script('rollup', 'mjs', folder),
  'vite 8, ssr': (folder) => script('vite', 'mjs', folder),
  'esbuild, CommonJS': (folder) => esbuild('CommonJS, minified', 'cjs', folder),
  'esbuild, ESM': (folder) => esbuild('ESM, minified', 'mjs', folder),
  'rolldown, ESM': async (folder) => {
    const file = join(folder, 'rolldown/program.mjs')
    const input = join(folder, 'program.mjs')
    const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' })
    await bundle.write({ file, minify: true, codeSplitting: false })
    return file
  },
}

async function script(name: string, extension: string, folder: string): Promise<string> {
  const { code, printed } = await run(process.execPath, [`${name}.mjs`], { cwd: folder })
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${printed}`)
  return join(folder, name, `program.${extension}`)
}

async function esbuild(kind: string, extension: string, folder: string): Promise<string> {
  const outfile = join(folder, `esbuild/program.${extension}`)
  const entryPoints = [join(folder, 'program.mjs')]
  await build({ ...esbuildCommon, ...esbuildOptions[kind], entryPoints, outfile })
  return outfile
}
