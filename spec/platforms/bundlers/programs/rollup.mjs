import commonjs from '@rollup/plugin-commonjs'
import json from '@rollup/plugin-json'
import nodeResolve from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'

const bundle = await rollup({
  input: 'program.mjs',
  external: /^node:/,
  plugins: [nodeResolve({ preferBuiltins: true }), commonjs(), json()],
  onLog: () => {},
})
await bundle.write({ file: 'rollup/program.mjs', format: 'es', inlineDynamicImports: true })
