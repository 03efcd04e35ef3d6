import { readFileSync } from 'node:fs'
import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { gunicorn, python, type Server, uvicorn } from '../servers.ts'
import { fileStore } from './file-store.ts'
import type { RealServer, Running } from './server.ts'

/** Starts a program of this repository, which stores uploads in its own folder. */
async function start(
  server: Server,
  program: string,
  args: (place: Workplace, port: number) => string[],
): Promise<Running> {
  const place = new Workplace()
  const port = await freePort()
  const { stored } = fileStore(place)
  const source = new URL(`../../programs/${program}`, import.meta.url)
  place.write(program, readFileSync(source, 'utf8'))
  await startDaemon(server, args(place, port), port)
  return { port, stored }
}

const startServer = (when: 'early' | 'late'): Promise<Running> =>
  start(python, 'server.py', (place, port) => [place.at('server.py'), String(port), when])

export const pythonServers: readonly RealServer[] = [
  { name: 'Python http.server', needs: [python], start: () => startServer('late') },
  {
    name: 'Python http.server, handle_expect_100',
    needs: [python],
    start: () => startServer('early'),
  },
  {
    name: 'Python wsgiref',
    needs: [python],
    lengths: ['known'],
    start: () => start(python, 'wsgi.py', (place, port) => [place.at('wsgi.py'), String(port)]),
  },
  {
    name: 'gunicorn, WSGI',
    needs: [python, gunicorn],
    start: () =>
      start(gunicorn, 'wsgi.py', ({ path }, port) => {
        const keep = ['--worker-class', 'gthread', '--threads', '4', '--keep-alive', '5']
        return ['--chdir', path, '--bind', `127.0.0.1:${port}`, ...keep, 'wsgi:application']
      }),
  },
  {
    name: 'uvicorn, ASGI',
    needs: [python, uvicorn],
    start: () =>
      start(uvicorn, 'asgi.py', ({ path }, port) => {
        const quiet = ['--log-level', 'warning', '--http', 'h11']
        return ['--app-dir', path, '--port', String(port), ...quiet, 'asgi:application']
      }),
  },
]
