import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { identity } from '../../../support/identity.ts'
import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { go, mustBeInstalled } from '../servers.ts'
import { fileStore } from './file-store.ts'
import { allCases, type Running, type TlsServer, type Versions } from './server.ts'

const source = fileURLToPath(new URL('../../programs/server.go', import.meta.url))

/** Compiles the program and starts it. Go caches the result. */
async function start(versions: Versions): Promise<Running> {
  mustBeInstalled(go)
  const place = new Workplace()
  const program = place.at('server')
  const { status, stderr } = spawnSync(go.program, ['build', '-o', program, source])
  if (status !== 0) throw new Error(`go build failed: ${stderr}`)
  const { key, cert } = await identity()
  place.write('cert.pem', cert)
  place.write('key.pem', key)
  const { stored } = fileStore(place)
  const port = await freePort()
  await startDaemon({ ...go, program }, [String(port), place.path, versions], port)
  return { port, stored }
}

export const goTls: TlsServer = {
  name: 'Go net/http',
  needs: [go],
  versions: ['both', 'HTTP/1.1'],
  cases: [...allCases, '417'],
  start,
}
