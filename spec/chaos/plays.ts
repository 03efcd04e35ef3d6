/** What an origin does with one request, and how likely that is. */
export const plays = {
  /** 100 if asked; takes the content and answers 201. */
  go: 40,
  /** No 100, though asked. */
  silent: 6,
  /** A 100 that comes late. */
  late: 6,
  /** Two 100s at once. */
  doubled: 4,
  /** A 100, and another one while content flows. */
  again: 4,
  /** 103, then 100. */
  hints: 4,
  /** 201, and the connection is closed. */
  closing: 4,
  /** 201, and the idle connection is torn down after it. */
  leaving: 4,
  /** Statuses at the head. A 417 is for those who ask; others are taken. */
  417: 6,
  413: 4,
  401: 2,
  307: 4,
  303: 2,
  503: 4,
  /** Statuses when half of the content has come. */
  '417-midway': 3,
  '413-midway': 4,
  '307-midway': 2,
  '503-midway': 3,
  /** Statuses when all of the content has come. */
  '503-after': 4,
  '307-after': 2,
  /** 413 at the head, and a RST right behind it. */
  '413-reset': 4,
  /** 413 in the middle of the content, and a RST right behind it. */
  '413-midway-reset': 4,
  /** Statuses of an origin that reads nothing more, and closes in a while. */
  '413-unread': 4,
  '401-unread': 2,
  '503-unread': 3,
  '413-midway-unread': 5,
  '503-midway-unread': 3,
  'early-unread': 1,
  'early-midway-unread': 1,
  /** A RST at the head, in the middle and after all of the content. */
  reset: 4,
  'reset-midway': 4,
  'reset-after': 3,
  /** Over HTTP/2, RST_STREAM alone, by an error or because nothing was done; else a RST. */
  cancel: 2,
  'cancel-midway': 2,
  unprocessed: 2,
  /** 200 at the head, without a look at the content, and in the middle of it. */
  early: 3,
  'early-midway': 3,
  /** All is taken and nothing said. */
  mute: 2,
  /** 201 whose content stops coming. */
  half: 2,
} as const

/** The name of what an origin does. */
export type Play = keyof typeof plays & string

/** The header fields that tell the origin which upload it is and what to do at each attempt. */
export const fields = { id: 'x-chaos-upload', plays: 'x-chaos-plays' } as const

/** The header field of a response that says which method it answers, and if with all its content. */
export const answerField = 'x-chaos-answer'

/** Milliseconds after which a late 100 comes. */
export const lateness = 60

/** A complete message, as the origin got it. */
export interface Message {
  /** The upload it belongs to, or what it began with in place of one. */
  readonly upload: string
  readonly method: string
  /** Which of the upload's requests it is, counted from 0. */
  readonly attempt: number
  readonly bytes: number
  readonly sha256: string
  /** The final status that was answered before or after its end; 0 for none. */
  readonly status: number
  /** Whether the client was told that nothing was done about it (RFC 9113, section 8.7). */
  readonly refused: boolean
}

/** All that an origin got. */
export interface Received {
  readonly messages: readonly Message[]
  /** What its parser could not make sense of, by code. */
  readonly faults: readonly string[]
  /** Requests whose heads came. */
  readonly requests: number
}
