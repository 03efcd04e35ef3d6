import type { BuildOptions } from 'esbuild'

const require =
  "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)"

/** How programs are bundled with esbuild, by name. */
export const esbuildOptions: Readonly<Record<string, BuildOptions>> = {
  CommonJS: { format: 'cjs' },
  'CommonJS, minified': { format: 'cjs', minify: true },
  // undici is CommonJS, and asks for Node's modules.
  ESM: { format: 'esm', banner: { js: require } },
  'ESM, minified': { format: 'esm', minify: true, banner: { js: require } },
}

/** What each has in common. */
export const esbuildCommon: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  logLevel: 'silent',
}
