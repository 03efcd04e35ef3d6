type Ours = typeof import('../lib/index.ts')

// Users run the compiled code. The types come from the sources, so that they exist before a build.
const built: Ours = await import(new URL('../dist/index.js', import.meta.url).href)

export const { ExpectAgent, fetch, fromFile, upload } = built
