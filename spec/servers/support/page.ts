import { spawnSync } from 'node:child_process'
import { type Row, tableOf } from './row.ts'
import type { Server } from './servers.ts'

/** What a run saw, as a page in Markdown. */
export function pageOf(
  rows: readonly Row[],
  used: readonly Server[],
  missing: readonly string[],
): string {
  const packages = [...new Set(used.map((server) => server.package))].sort()
  const versions = packages.map((name) => `${name} ${versionOf(name)}`.trim())
  const size = (rows[0]?.size ?? 0) / 1_048_576
  return `# Uploads to real servers

\`npm run docs:servers\` writes this page; it says what one run saw on Node ${process.versions.node}. Each row is
an upload of ${size} MiB to a server that was just started, of known length from a buffer or of
unknown length from a stream, and a second one to a place that takes it. "The server answered"
and "content it was sent" are what a relay between the two saw on each connection, in order; the
proxies stand before a server of Node's own, set up as Node does by default unless the row says
otherwise. What is missing from a server's rows it cannot do: Tomcat's default servlet has no limit of
size, wsgiref reads no content of unknown length.

In every row what the caller was told succeeded was stored once and as it was sent, nothing else
was stored, nothing followed a refusal that came before the content, and the second upload was
stored, too: the run fails otherwise. How much went out before a refusal that came after a 100 is
a matter of luck, and so is whether a stream was untouched by then and could follow a redirect.

${tableOf(rows)}

Debian's packages: ${versions.join(', ')}.

Servers that could not be had: ${missing.length === 0 ? 'none' : missing.join(', ')}.
`
}

function versionOf(name: string): string {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '$' + '{Version}', name])
  return stdout?.toString() ?? ''
}
