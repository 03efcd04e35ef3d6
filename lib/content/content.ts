import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { FormData as UndiciFormData } from 'undici'
import type { Reader } from './readers.ts'

/** The content of an upload, not yet opened. */
export interface Content {
  /** Bytes; `null` when unknown. */
  readonly length: number | null
  /** The media type for the request; `null` when the content has none. */
  readonly type: string | null
  /** Whether it can be opened again. */
  readonly replayable: boolean
  /** Whether reading it runs code of the caller. */
  readonly callsOut: boolean
  /** The whole content, if it is in memory. Mocks can match on it. */
  readonly buffered?: string | Buffer
  /** Whether `open` can start at an offset. Otherwise the bytes before the offset are read and dropped. */
  readonly seeks?: boolean
  /** Identifies the state of a file. */
  readonly revision?: string
  /** Looks up the length of a file. Called before anything is sent. */
  lookUp?(this: void): Promise<Content>
  /** Begins to read, at an offset if it `seeks`. Called when the content may be sent. */
  open(this: void, start?: number): Reader | Promise<Reader>
  /** Reports an error before it is opened. Returns a function that stops watching. */
  watch?(onBroken: (error: unknown) => void): () => void
  /** Discards it without opening it. */
  discard?(reason?: unknown): void
}

/** What content in memory and content in a file have in common. */
export const stored = { type: null, replayable: true, callsOut: false } as const

/** Content with a length that is known before it is opened. */
export interface SizedInput {
  /** Bytes. */
  readonly length: number
  /** Called when the content may be sent, and again for each replay. */
  open(opening: Opening): ReplayableInput | OneShotInput | Promise<ReplayableInput | OneShotInput>
}

/**
 * The argument of a content function. A function with a parameter returns the content from `start`
 * on. A function without a parameter returns the whole content.
 */
export interface Opening {
  /** The offset of the first byte; 0 unless an upload is resumed. */
  readonly start: number
}

/** A value that is sent as JSON, with `content-type: application/json`. */
export interface JsonInput {
  readonly json: unknown
}

/** Content that can be read only once. */
export type OneShotInput =
  | Readable
  | ReadableStream
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>

/** Content that can be opened again. */
export type ReplayableInput =
  | string
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Blob
  | URLSearchParams
  | FormData
  | UndiciFormData
  | JsonInput
  | Content

/**
 * The types of content that an upload accepts. A function is called when the content may be sent,
 * and again for each replay; it may be async.
 */
export type ContentInput =
  | ReplayableInput
  | OneShotInput
  | SizedInput
  | ((opening: Opening) => ReplayableInput | OneShotInput | Promise<ReplayableInput | OneShotInput>)

/** Marks {@link Content} objects among other input. */
export const contentKey: unique symbol = Symbol('expect-continue.content')

export function makeContent(content: Content): Content {
  return Object.freeze({ ...content, [contentKey]: true })
}
