import type { Handler } from '../server/answer.ts'

interface Partition {
  requests: number
  mixed: boolean
  readonly connections: Map<string, string>
}

/** Counts the requests of a test and their connections. */
export const networkPartition: Handler = ({ query, stash, request }) => {
  const uuid = query.get('uuid') ?? ''
  const { remotePort, localPort } = request.socket
  const before = stash.get(uuid) as Partition | undefined
  const seen = before ?? { requests: 0, mixed: false, connections: new Map<string, string>() }
  stash.set(uuid, seen)
  const id = query.get('partition_id') ?? ''
  const connection = `${remotePort} to ${localPort}`
  seen.requests += 1
  if ((seen.connections.get(connection) ?? id) !== id) seen.mixed = true
  seen.connections.set(connection, id)
  const counted = `. Request was sent ${seen.requests} times. ${seen.connections.size} connections were created.`
  return {
    status: Number(query.get('status') ?? '200'),
    headers: [
      ['Cache-Control', 'no-store'],
      ['Content-Type', 'text/plain'],
    ],
    content: seen.mixed
      ? 'Multiple partition IDs used on a socket'
      : `ok${query.has('addcounter') ? counted : ''}`,
  }
}
