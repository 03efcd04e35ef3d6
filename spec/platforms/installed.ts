import { cpSync, globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the package and installs it in a folder, with other packages and a folder of programs. */
export async function install(
  folder: string,
  others: readonly string[],
  programs: URL,
): Promise<void> {
  await npm(['pack', '--pack-destination', folder], root)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  const archives = globSync('*.tgz', { cwd: folder }).map((archive) => `./${archive}`)
  await npm(['install', '--no-audit', '--no-fund', ...archives, ...others], folder)
  cpSync(programs, folder, { recursive: true })
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const { code, printed } = await run('npm', args, { cwd })
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${printed}`)
}
