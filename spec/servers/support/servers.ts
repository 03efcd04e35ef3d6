import { existsSync } from 'node:fs'

/** A server that was not written here. */
export interface Server {
  readonly program: string
  /** Debian's package that has it. */
  readonly package: string
}

export const apache: Server = { program: '/usr/sbin/apache2', package: 'apache2' }
export const lighttpd: Server = { program: '/usr/sbin/lighttpd', package: 'lighttpd' }

/** All that the specs of this folder use. */
export const servers: readonly Server[] = [apache, lighttpd]

/** @throws Error that says what to install. */
export function mustBeInstalled({ program, package: name }: Server): void {
  if (existsSync(program)) return
  throw new Error(
    `${program} is not installed; install Debian's package ${name}, or run npm run test:servers as root, which does`,
  )
}
