import { promisify } from 'node:util'
import webpack from 'webpack'

const stats = await promisify(webpack)({
  mode: 'production',
  target: 'node22',
  entry: './program.mjs',
  output: { path: `${import.meta.dirname}/webpack`, filename: 'program.cjs' },
})
if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString())
