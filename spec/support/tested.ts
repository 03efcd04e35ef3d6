import { fileURLToPath } from 'node:url'

/** Whether what was built is tested, in place of the sources: `npm run test:package`. */
const built = process.env.TESTED === 'dist'

/** What programs import. */
export const libraryFile: string = fileOf(built ? 'dist/index.js' : 'lib/index.ts')

/** The command. */
export const commandFile: string = fileOf(built ? 'dist/cli/bin.js' : 'lib/cli/bin.ts')

function fileOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}
