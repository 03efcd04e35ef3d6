import { type AddressInfo, createServer } from 'node:net'

/** A URL at which nobody listens. */
export async function nowhere(): Promise<string> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return `http://127.0.0.1:${port}/upload`
}
