/** Scenarios of the wire suite with another result when squid forwards messages itself. */
interface Change {
  readonly reason: string
  /** The beginnings of their titles; a `describe` includes all scenarios in it. */
  readonly titles: readonly string[]
}

const changes: readonly Change[] = [
  {
    reason: 'it answers 502 by itself when an origin leaves without a response, or sends none',
    titles: [
      'a reset before any answer',
      'a reset before the content, after some of an answer',
      'a reset instead of the final response',
      'a close before any answer',
      'a close before the content, after some of an answer',
      'a close instead of the final response',
      'an end of the connection while content flows',
      'an answer that is none',
      'a 417 before the content is an error when the replay dies, and the upload is not tried again',
    ],
  },
  {
    reason: 'it makes a 200 of what begins otherwise than a response, as HTTP/0.9 would be',
    titles: ['the go-ahead lets the content go: a 100 after an empty line'],
  },
  {
    reason: 'it mends line ends, and waits for the end of a head',
    titles: [
      'interim responses other than 100 fail the upload when they end with bare line feeds',
      'interim responses other than 100 fail the upload when one of them does not end',
    ],
  },
  {
    reason: 'it adds a Connection field to interim responses, which takes them over the limit',
    titles: ['interim responses other than 100 may be as large as the limit together with the 100'],
  },
  {
    reason: 'it makes no connection, or says nothing on it, when the client leaves at once',
    titles: [
      'a source whose first chunk is larger than its declared length',
      'a source that breaks with an error at its first chunk',
      'a source that breaks with ECONNRESET at its first chunk',
      'a source with a declared length that ends early leaves the message incomplete where nobody is asked, if any of it is sent',
      'a source with a declared length that ends early leaves the message of a replay incomplete, if any of it is sent',
      'a source with a declared length that ends early leaves the message incomplete after silence',
      'a source with a declared length that goes on past its end leaves the message incomplete where nobody is asked, if any of it is sent',
      'a source with a declared length that goes on past its end leaves the message of a replay incomplete, if any of it is sent',
      'a source with a declared length that goes on past its end leaves the message incomplete after silence',
    ],
  },
  {
    reason: 'it keeps its own connection to the origin when the client closes the other',
    titles: [
      'a 417 after the whole content, after silence is replayed',
      'a 417 after the whole content, after a 100 is replayed',
    ],
  },
  {
    reason: 'it passes a 100 on before it has read the response that stands behind it',
    titles: [
      'a refusal before the content wins over a 100',
      'a final response from 200 to 299 before the content wins over a 100',
      'a 417 before the content is replayed after a 100 in one piece with it',
    ],
  },
  {
    reason: 'it leaves an origin that has answered, whatever content is still to come',
    titles: [
      'a final response from 200 to 299 before the content does not end the upload in one piece with a 100',
    ],
  },
  {
    reason: 'it takes content in while the response is on its way',
    titles: [
      'a final response while content flows stops the content although the response is still coming',
      'a final response while content flows from 200 to 299 is returned, and the rest is not sent',
    ],
  },
]

/** Scenarios that depend on an order of events that tunnels do not keep. */
const inTunnels: readonly Change[] = [
  {
    reason:
      'TLS hands over each write by itself, so that the rest of the refusal is not there in time',
    titles: [
      'a refusal before the content wins over a 100 when only its beginning is in one piece with it',
    ],
  },
  {
    reason:
      'the content goes on when the origin has written its response, which squid may yet have to pass on',
    titles: [
      'a final response while content flows stops the content although the response is still coming',
    ],
  },
]

const titlesOf = (list: readonly Change[]): string[] => list.flatMap(({ titles }) => titles)

/** The titles of scenarios that differ in tunnels. */
export const changedByTunnels: readonly string[] = titlesOf(inTunnels)

/** The titles of scenarios that differ where squid forwards messages. */
export const changedBySquid: readonly string[] = titlesOf(changes)
