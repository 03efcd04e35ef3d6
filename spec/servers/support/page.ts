import { spawnSync } from 'node:child_process'
import { type Row, tableOf } from './row.ts'
import type { Server } from './servers.ts'

/** The results of a run as a Markdown page. */
export function pageOf(
  rows: readonly Row[],
  used: readonly Server[],
  missing: readonly string[],
): string {
  const packages = [...new Set(used.map((server) => server.package))].sort()
  const versions = packages.map((name) => `${name} ${versionOf(name)}`.trim())
  const size = (rows[0]?.size ?? 0) / 1_048_576
  return `# Uploads to real servers

\`npm run docs:servers\` writes this page from one run on Node ${process.versions.node}. Each row shows two uploads of
${size} MiB to a server that was just started: one to a place as in the column "case", and a second one to a place that accepts it.
A body of known length comes from a buffer, one of unknown length from a stream. A relay between the client and
the server counts the connections, the responses and the bytes. Proxies forward to a server of Node's with the default
settings, unless the row names others. A server has no row for a case that it does not support: Tomcat's
default servlet has no size limit, and wsgiref reads no body of unknown length.

The run fails unless, in every row, each upload that succeeded for the caller was stored once, byte for byte, nothing
else was stored, no byte of the body followed a refusal that came before it, and the second upload was stored too. If a
refusal comes after a 100, how much of the body was sent by then depends on timing, and so does whether a stream was still
unread and could follow a redirect.

${tableOf(rows)}

Debian's packages: ${versions.join(', ')}.

Servers that could not be installed: ${missing.length === 0 ? 'none' : missing.join(', ')}.
`
}

function versionOf(name: string): string {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '$' + '{Version}', name])
  return stdout?.toString() ?? ''
}
