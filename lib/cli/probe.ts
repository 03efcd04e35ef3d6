import type { Command } from '@commander-js/extra-typings'
import { ExpectAgent } from '../index.ts'
import { UsageError } from './command.ts'
import { bytes, headerField, httpUrl, method, positive } from './flag.ts'
import type { Question } from './probe/asking.ts'
import { runProbe } from './probe/probing.ts'
import { protocolText, questionText, remarksText, sentText } from './probe/text.ts'
import type { Session } from './session.ts'

/** The command `probe`: finds out what an origin does when it is asked. */
export function probe(program: Command, session: Session): void {
  program
    .command('probe')
    .description('Ask an origin about an upload, without sending any, and tell what it does.')
    .argument('<url>', 'where an upload would go; best a name of which there is nothing to lose')
    .option('-X, --method <method>', 'the method', method, 'PUT')
    .option('-H, --header <field>', "a header field, 'name: value'; again for more", headerField)
    .option('--size <bytes>', 'the size of the content that is announced', bytes, 1_048_576)
    .option('--rounds <count>', 'how often to ask', positive, 5)
    .option('--continue-timeout <ms>', 'how long to wait for an answer', positive, 1000)
    .option('--no-listen', 'do not look at the bytes on connections of its own')
    .option('--send', 'send the content in the end: zeros')
    .option('--json', 'print what was found as JSON')
    .action(async (text, options) => {
      const { header = [], size, continueTimeout, listen, send = false, json = false } = options
      const { terminal, signal } = session
      const question = questionOf(httpUrl(text), {
        method: options.method,
        headers: header,
        size,
        wait: continueTimeout,
      })
      const say = (line: string): void => {
        if (!json) terminal.stdout.write(line)
      }
      say(questionText(question, options.rounds))
      const report = await runProbe(question, {
        rounds: options.rounds,
        agentFor: (http2) => new ExpectAgent({ allowH2: http2 }),
        http2: true,
        tls: listen ? {} : null,
        send,
        signal,
        onProtocol: (found) => say(protocolText(found, continueTimeout)),
      })
      if (report.remarks !== null) say(remarksText(report.remarks))
      if (report.sent !== null) say(sentText(report.sent))
      if (json) terminal.stdout.write(`${JSON.stringify(report)}\n`)
    })
}

/** @throws UsageError saying what cannot be asked so. */
function questionOf(url: URL, how: Omit<Question, 'url'>): Question {
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`the URL for ${url.host} holds credentials; use --header`)
  }
  if (how.method === 'GET' || how.method === 'HEAD') {
    throw new UsageError(`a ${how.method} has no content to ask about`)
  }
  if (how.size === 0) throw new UsageError('with --size 0 there is nothing to ask about')
  return { url, ...how }
}
