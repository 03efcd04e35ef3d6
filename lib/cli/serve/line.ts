import type { SeenRequest } from '../../testing/index.ts'

/** What there is to say about a request, in one line of aligned columns. */
export function lineOf(seen: SeenRequest): string {
  const { method, status, asked, bytes, sha256 } = seen
  const columns = [
    status === 0 ? '---' : String(status),
    method.padEnd(6),
    (asked ? 'asked' : 'unasked').padEnd(7),
    String(bytes).padStart(12),
    // A check at a glance; --json has the whole.
    (sha256.slice(0, 12) || '-').padEnd(12),
    pathOf(seen),
  ]
  return columns.join('  ')
}

/** The same for machines. */
export function jsonOf(seen: SeenRequest): string {
  const { method, asked, status, bytes, sha256, connection } = seen
  const path = pathOf(seen)
  return JSON.stringify({ method, path, asked, status, bytes, sha256, connection })
}

/** A query may hold credentials. */
function pathOf({ path }: SeenRequest): string {
  return path.split('?', 1)[0] ?? path
}
