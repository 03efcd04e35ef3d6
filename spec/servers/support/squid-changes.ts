/** Scenarios of the wire suite with another result when squid forwards messages itself. */
interface Change {
  readonly reason: string
  /** The beginnings of their titles; a `describe` includes all scenarios in it. */
  readonly titles: readonly string[]
}

const changes: readonly Change[] = [
  {
    reason:
      'it answers 502 itself when an origin closes without a response, or sends an invalid one',
    titles: [
      'a reset before any response',
      'a reset before the content, after a part of a response',
      'a reset instead of the final response',
      'a close before any response',
      'a close before the content, after a part of a response',
      'a close instead of the final response',
      'an end of the connection while content is sent',
      'an invalid response',
      'a 417 before the content is an error when the connection of the replay ends, and the upload is not retried',
    ],
  },
  {
    reason: 'it turns bytes that do not begin like a response into a 200, as for HTTP/0.9',
    titles: ['a 100 lets the content be sent: a 100 after an empty line'],
  },
  {
    reason: 'it corrects line ends, and waits for the end of a head',
    titles: [
      'interim responses other than 100 fail the upload when they end with bare line feeds',
      'interim responses other than 100 fail the upload when one of them does not end',
    ],
  },
  {
    reason: 'it makes no connection, or sends nothing on it, when the client closes at once',
    titles: [
      'a source that breaks with an error at its first chunk',
      'a source that breaks with ECONNRESET at its first chunk',
      'a source with a declared length that ends early leaves the message incomplete without an expectation, if any of it is sent',
      'a source with a declared length that ends early leaves the message of a replay incomplete, if any of it is sent',
      'a source with a declared length that ends early leaves the message incomplete after silence',
      'a source with a declared length that continues past its end leaves the message incomplete without an expectation, if any of it is sent',
      'a source with a declared length that continues past its end leaves the message of a replay incomplete, if any of it is sent',
      'a source with a declared length that continues past its end leaves the message incomplete after silence',
    ],
  },
  {
    reason: 'it keeps its own connection to the origin when the client closes the other',
    titles: [
      'a 417 after the whole content, after silence causes',
      'a 417 after the whole content, after a 100 causes',
    ],
  },
  {
    reason: 'it forwards a 100 before it has read the response that follows it',
    titles: [
      'a refusal before the content takes precedence over a 100',
      'a 417 before the content causes a replay after a 100 in one piece with it',
    ],
  },
  {
    reason:
      'it closes the connection to an origin that has responded, before the rest of the content',
    titles: [
      'a final response from 200 to 299 before the content does not end the upload in one piece with a 100',
    ],
  },
  {
    reason: 'it reads content while the response is on its way',
    titles: [
      'a final response while content is sent stops the content even if the response is incomplete',
      'a final response while content is sent from 200 to 299 is returned, and the rest is not sent',
    ],
  },
]

/** Scenarios that depend on an order of events that tunnels do not keep. */
const inTunnels: readonly Change[] = [
  {
    reason: 'TLS delivers each write separately, so that the rest of the refusal is late',
    titles: [
      'a refusal before the content takes precedence over a 100 when only its beginning is in one piece with it',
    ],
  },
  {
    reason:
      'the content continues when the origin has written its response, which squid may not have forwarded yet',
    titles: [
      'a final response while content is sent stops the content even if the response is incomplete',
    ],
  },
]

const titlesOf = (list: readonly Change[]): string[] => list.flatMap(({ titles }) => titles)

/** The titles of scenarios that differ in tunnels. */
export const changedByTunnels: readonly string[] = titlesOf(inTunnels)

/** The titles of scenarios that differ where squid forwards messages. */
export const changedBySquid: readonly string[] = titlesOf(changes)
