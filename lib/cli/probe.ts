import type { Command } from '@commander-js/extra-typings'
import { createAgent, mayUseProxy, readTlsFiles, withConnection } from './connection.ts'
import { findCredentials } from './credentials.ts'
import { bytes, headerField, httpUrl, milliseconds, positive, token } from './flag.ts'
import { runProbe } from './probe/probing.ts'
import { protocolText, questionText, remarksText, sentText } from './probe/text.ts'
import { type Session, UsageError } from './session.ts'

/** The command `probe`: finds out how a server reacts to an expectation. */
export function probe(program: Command, session: Session): void {
  const command = program
    .command('probe')
    .summary('find out what a server does when it is asked')
    .description(
      'Asks a server about an upload, over each version of HTTP that it speaks, sends no content, and tells what the server does and what this client will do about it. The version of its choice is the first. A server may begin to write a file as soon as it is asked: probe a name of which there is nothing to lose.',
    )
    .argument('<url>', 'where an upload would go')
    .optionsGroup('Options:')
    .option('-X, --method <method>', 'the method', token, 'PUT')
    .option('-H, --header <field>', "a header field, 'name: value'; can be repeated", headerField)
    .option('--size <bytes>', 'the size of the content that is announced', bytes, 1_048_576)
    .option('--rounds <count>', 'how often to ask', positive, 5)
    .option('--continue-timeout <ms>', 'milliseconds to wait for an answer', milliseconds, 1000)
    .option('--send', 'send the content in the end, zeros')
    .option('--no-listen', 'make no connections but those of the rounds, to look at the bytes')
    .option('--json', 'print what was found as JSON')
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

/** @throws UsageError if the request could not ask. */
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
