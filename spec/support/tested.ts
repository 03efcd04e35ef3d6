import { fileURLToPath } from 'node:url'

/** Whether the build is tested instead of the sources: `npm run test:package`. */
const built = process.env.TESTED === 'dist'

/** What programs import. */
export const libraryFile: string = fileOf(built ? 'dist/index.js' : 'lib/index.ts')

export const commandFile: string = fileOf(built ? 'dist/cli/bin.js' : 'lib/cli/bin.ts')

function fileOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}
