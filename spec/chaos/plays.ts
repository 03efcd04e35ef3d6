/** What an origin does with one request, and how likely that is. */
export const plays = {
  /** 100 if asked; reads the content and answers 201. */
  go: 40,
  /** No 100, even if asked. */
  silent: 6,
  /** A late 100. */
  late: 6,
  /** Two 100s at once. */
  doubled: 4,
  /** A 100, and another one while content is sent. */
  again: 4,
  /** 103, then 100. */
  hints: 4,
  /** 201, and the connection is closed. */
  closing: 4,
  /** 201, and the idle connection is reset after it. */
  leaving: 4,
  /** Statuses at the head. Without an expectation, a 417 is not sent, and the content is accepted. */
  417: 6,
  413: 4,
  401: 2,
  307: 4,
  303: 2,
  503: 4,
  /** Statuses when half of the content has arrived. */
  '417-midway': 3,
  '413-midway': 4,
  '307-midway': 2,
  '503-midway': 3,
  /** Statuses when all content has arrived. */
  '503-after': 4,
  '307-after': 2,
  /** 413 at the head, and a RST directly after it. */
  '413-reset': 4,
  /** 413 in the middle of the content, and a RST directly after it. */
  '413-midway-reset': 4,
  /** Statuses of an origin that stops reading, and closes after a while. */
  '413-unread': 4,
  '401-unread': 2,
  '503-unread': 3,
  '413-midway-unread': 5,
  '503-midway-unread': 3,
  'early-unread': 1,
  'early-midway-unread': 1,
  /** A RST at the head, in the middle and after all content. */
  reset: 4,
  'reset-midway': 4,
  'reset-after': 3,
  /** Over HTTP/2, RST_STREAM with an error or with REFUSED_STREAM; else a RST. */
  cancel: 2,
  'cancel-midway': 2,
  unprocessed: 2,
  /** 200 at the head before the content is read, and in the middle of it. */
  early: 3,
  'early-midway': 3,
  /** Reads all content and sends nothing. */
  mute: 2,
  /** 201 whose content stops. */
  half: 2,
} as const

export type Play = keyof typeof plays & string

/** Header fields that tell the origin which upload it is, and what to do at each attempt. */
export const fields = { id: 'x-chaos-upload', plays: 'x-chaos-plays' } as const

/** A response field with the method, and whether all content was accepted. */
export const answerField = 'x-chaos-answer'

/** Milliseconds before a late 100. */
export const lateDelayMs = 60

/** A complete message that the origin received. */
export interface Message {
  /** The upload it belongs to, or the beginning of the message if it belongs to none. */
  readonly upload: string
  readonly method: string
  /** The number of the request among those of the upload, from 0. */
  readonly attempt: number
  readonly bytes: number
  readonly sha256: string
  /** The final status, sent before or after its end; 0 for none. */
  readonly status: number
  /** Whether the client was told that the request was not processed (RFC 9113, section 8.7). */
  readonly refused: boolean
}

export interface Received {
  readonly messages: readonly Message[]
  /** Errors of the parser, by code. */
  readonly faults: readonly string[]
  /** The number of heads that arrived. */
  readonly requests: number
}
