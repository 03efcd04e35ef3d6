type Ours = typeof import('../lib/index.ts')

// What users run is what was compiled. Its types are those of its sources, also before a build.
const built: Ours = await import(new URL('../dist/index.js', import.meta.url).href)

export const { ExpectAgent, fetch, fromFile, upload } = built
