import { mutated } from '../mutated.ts'
import { cut } from '../pieces.ts'
import type { Random } from '../random.ts'
import { responseBytes } from '../responses.ts'

/** A step of an origin on a connection. */
export type Step =
  /** Waits for the next head. */
  | { readonly do: 'head' }
  /** Waits for some of the content after the last head, or for all of it. */
  | { readonly do: 'some' | 'all' }
  | { readonly do: 'say'; readonly pieces: readonly string[] }
  /** Repeats this up to a limit that is far above the client's. */
  | { readonly do: 'endless'; readonly begin: string; readonly unit: string }
  | { readonly do: 'pause'; readonly milliseconds: number }
  | { readonly do: 'end' | 'reset' }

/** One script for each connection. */
export function scripts(random: Random): Step[][] {
  return random.list(1, 4, () => random.list(1, 3, () => exchange(random)).flat())
}

/** One request and what it gets, in order or not. */
function exchange(random: Random): Step[] {
  const say = (text: string): Step => ({ do: 'say', pieces: cut(random, text) })
  const steps: Step[] = random.pick<() => Step[]>([
    () => [{ do: 'head' }, say(goAhead(random)), { do: 'all' }, say(created(random))],
    () => [{ do: 'head' }, { do: 'all' }, say(created(random))],
    () => [{ do: 'head' }, say(refusal(random))],
    () => [{ do: 'head' }, say(goAhead(random)), { do: 'some' }, say(refusal(random))],
    () => [{ do: 'head' }, say(responseBytes(random)), { do: 'all' }, say(created(random))],
    () => [{ do: 'head' }, say(responseBytes(random))],
    () => [say(responseBytes(random)), { do: 'head' }, say(responseBytes(random))],
    () => [{ do: 'head' }, say(created(random) + created(random))],
    () => [{ do: 'head' }, endless(random)],
  ])()
  if (random.chance(0.2)) steps.splice(random.below(steps.length + 1), 0, odd(random))
  return steps
}

function odd(random: Random): Step {
  return random.pick<Step>([
    { do: 'pause', milliseconds: random.between(1, 15) },
    { do: 'say', pieces: cut(random, responseBytes(random)) },
    { do: 'some' },
    { do: 'end' },
    { do: 'reset' },
  ])
}

function goAhead(random: Random): string {
  const text = random.pick([
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 100 \r\nx: y\r\n\r\n',
    'HTTP/1.1 103 X\r\nlink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
    '',
  ])
  return sometimesMutated(random, text)
}

function created(random: Random): string {
  const text = random.pick([
    'HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok',
    'HTTP/1.0 200 OK\r\n\r\nok',
    'HTTP/1.1 204 No Content\r\n\r\n',
  ])
  return sometimesMutated(random, text)
}

function refusal(random: Random): string {
  const status = random.pick([307, 308, 303, 401, 407, 408, 413, 417, 417, 421, 425, 429, 503])
  const field = random.pick([
    'location: /1',
    'location: http://other.test/2',
    'www-authenticate: Basic realm="r"',
    'www-authenticate: Digest realm="r", nonce="n", qop="auth"',
    'proxy-authenticate: Basic realm="r"',
    'retry-after: 0',
    'connection: close',
  ])
  const text = `HTTP/1.1 ${status} X\r\n${field}\r\ncontent-length: 2\r\n\r\nno`
  return sometimesMutated(random, text)
}

function sometimesMutated(random: Random, text: string): string {
  return random.chance(0.15) ? mutated(random, text) : text
}

function endless(random: Random): Step {
  const begin = random.pick([
    '',
    'HTTP/1.1 100 X\r\nx: ',
    'HTTP/1.1 103 X\r\n',
    'HTTP/1.1 200 OK\r\nx: ',
    'HTTP/1.1 413 No\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 ',
  ])
  const unit = random.pick([
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 103 X\r\nlink: </>\r\n\r\n',
    'x: y\r\n',
    '\r\n',
    '0',
    'y',
    '\0',
  ])
  return { do: 'endless', begin, unit }
}
