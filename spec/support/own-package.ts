import { registerHooks } from 'node:module'

/** The source of each entry point. */
const sources: Readonly<Record<string, string>> = {
  'expect-continue': 'index.ts',
  'expect-continue/testing': 'testing/index.ts',
  'expect-continue/adapters/azure': 'adapters/azure.ts',
  'expect-continue/adapters/tus': 'adapters/tus.ts',
}

// With --import, this module lets a program import the package by its name without a build.
registerHooks({
  resolve: (specifier, context, next) => {
    const source = sources[specifier]
    if (source === undefined) return next(specifier, context)
    const url = new URL(`../../lib/${source}`, import.meta.url).href
    return { url, shortCircuit: true }
  },
})
