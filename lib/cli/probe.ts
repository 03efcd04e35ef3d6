import type { Command } from '@commander-js/extra-typings'
import { createAgent, mayUseProxy, readTlsFiles, withConnection } from './connection.ts'
import { findCredentials } from './credentials.ts'
import { bytes, headerField, httpUrl, milliseconds, positive, token } from './flag.ts'
import { runProbe } from './probe/probing.ts'
import { protocolText, questionText, remarksText, sentText } from './probe/text.ts'
import { type Session, UsageError } from './session.ts'

export function probe(program: Command, session: Session): void {
  const command = program
    .command('probe')
    .summary('find out how a server responds to Expect: 100-continue')
    .description(
      'Asks a server about an upload, over each HTTP version that it supports, and sends no body. Prints how the server responds, and what this client does then. It begins with the version that the server prefers. Some servers create a file as soon as they are asked, so probe a URL where nothing can be lost.',
    )
    .argument('<url>', 'the URL of an upload')
    .optionsGroup('Options:')
    .option('-X, --method <method>', 'the method', token, 'PUT')
    .option('-H, --header <field>', "a header field, 'name: value'; can be repeated", headerField)
    .option('--size <bytes>', 'the length of the body in the headers', bytes, 1_048_576)
    .option('--rounds <count>', 'how often to ask', positive, 5)
    .option('--continue-timeout <ms>', 'milliseconds to wait for a response', milliseconds, 1000)
    .option('--send', 'also send a body of zeros at the end')
    .option('--no-listen', 'do not open an additional connection to look at the bytes')
    .option('--json', 'print the results as JSON')
  withConnection(command).action(async (text, options) => {
    const { header = [], size, rounds, continueTimeout: wait, json = false } = options
    const url = httpUrl(text)
    refuseUnaskable(options.method, header, size)
    const { terminal, signal } = session
    const { fields, authenticate } = await findCredentials(options, header, session)
    const headers = [...header, ...fields]
    const question = { url, method: options.method, headers, size, wait, authenticate }
    const tls = readTlsFiles(options)
    const agent = createAgent({ ...options, http2: options.http2 ?? true })
    const http1 = createAgent({ ...options, http2: false })
    const { columns } = terminal.stdout
    const say = (part: string): void => {
      if (!json) terminal.stdout.write(part)
    }
    try {
      say(questionText(question, rounds))
      const report = await runProbe(question, {
        rounds,
        agent,
        http1,
        // Through a proxy there is no direct connection whose bytes could be checked.
        tls: options.listen && !mayUseProxy(options) ? tls : null,
        send: options.send ?? false,
        signal,
        onProtocol: (found) => say(protocolText(found, wait, columns)),
      })
      say(remarksText(report.remarks ?? [], columns))
      if (report.sent !== null) say(sentText(report.sent, columns))
      if (json) terminal.stdout.write(`${JSON.stringify(report)}\n`)
      if (report.sent?.status === null) session.exit(1)
    } finally {
      await Promise.all([agent.destroy(), http1.destroy()])
    }
  })
}

/** Fields that declare content or an expectation; the probe sets them itself. */
const own: readonly string[] = ['content-length', 'transfer-encoding', 'expect']

function refuseUnaskable(name: string, header: readonly [string, string][], size: number): void {
  if (size === 0) throw new UsageError('with --size 0 there is nothing to ask about')
  if (name === 'GET' || name === 'HEAD') {
    throw new UsageError(`a ${name} has no content to ask about`)
  }
  const [field] = header.find(([each]) => own.includes(each.toLowerCase())) ?? []
  if (field !== undefined) {
    throw new UsageError(`the probe writes the header field ${field} itself; see --size`)
  }
}
