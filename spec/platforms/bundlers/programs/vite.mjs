import { build } from 'vite'

await build({
  logLevel: 'warn',
  ssr: { noExternal: true, target: 'node' },
  build: { ssr: 'program.mjs', outDir: 'vite', minify: true },
})
