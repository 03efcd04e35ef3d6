import type { BuildOptions } from 'esbuild'

const require =
  "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)"

/** The esbuild options of each format. */
export const esbuildOptions: Readonly<Record<string, BuildOptions>> = {
  CommonJS: { format: 'cjs' },
  'CommonJS, minified': { format: 'cjs', minify: true },
  // undici is CommonJS and requires modules of Node.
  ESM: { format: 'esm', banner: { js: require } },
  'ESM, minified': { format: 'esm', minify: true, banner: { js: require } },
}

export const esbuildCommon: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  logLevel: 'silent',
}
