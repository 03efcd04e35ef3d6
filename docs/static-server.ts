import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
}

/** Files on a port of 127.0.0.1. */
export interface StaticServer {
  readonly url: string
  close(): void
}

export async function serveFolder(folder: URL): Promise<StaticServer> {
  const server = createServer(async ({ url = '/' }, response) => {
    try {
      // A parsed URL has no `..` left in its path.
      const { pathname } = new URL(url, 'http://127.0.0.1')
      const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
      const content = await readFile(new URL(`.${path}`, folder))
      const type = types[extname(path)] ?? 'application/octet-stream'
      response.writeHead(200, { 'content-type': type }).end(content)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, close }
}
