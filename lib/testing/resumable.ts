import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { definedOf, refuseUnknown } from '../unknown.ts'
import { ResumableExchange, type ResumableFaults } from './resumable-exchange.ts'
import { ResumableUpload, type SeenUpload } from './resumable-upload.ts'
import type { OriginResponse } from './serving.ts'

/** Options for resumable uploads. */
export interface ResumableOptions extends ResumableFaults {
  /** The supported interop versions. @default [8] */
  versions?: readonly number[]
  /** The `Upload-Limit`, which is enforced. @default 'min-size=0' */
  limit?: string
  /** Bytes between two 104s with an `Upload-Offset`; 0 for none of them. @default 1048576 */
  offsetEvery?: number
  /** Whether the content is kept. @default false */
  keepContent?: boolean
  /** The response to a complete upload. @default 201 without content */
  response?: (upload: SeenUpload) => OriginResponse
  /**
   * A stream for the content of an upload; `null` for none. The response to the complete upload waits
   * until the stream has finished, and is 500 if it fails. If the upload is cancelled, or the origin
   * closes, the stream is destroyed.
   *
   * @default nowhere
   */
  store?: (upload: SeenUpload) => Writable | null
}

const defaults = {
  versions: [8] as readonly number[],
  limit: 'min-size=0',
  offsetEvery: 1_048_576,
  keepContent: false,
}

const names = [...Object.keys(defaults), 'response', 'store', 'fault', 'alter']

/**
 * The server of draft-ietf-httpbis-resumable-upload, for node's HTTP/1.1 and HTTP/2 servers, with
 * faults on request.
 */
export class ResumableUploads {
  readonly #options: ResumableOptions & typeof defaults
  readonly #uploads = new Map<string, ResumableUpload>()
  #requests = 0

  /** @throws TypeError naming an option that is unknown. */
  constructor(options: ResumableOptions = {}) {
    refuseUnknown(options, names)
    this.#options = { ...defaults, ...definedOf(options) }
  }

  /** All uploads, in the order of their creation. */
  get uploads(): readonly SeenUpload[] {
    return [...this.#uploads.values()]
  }

  /**
   * Serves a request. Returns its upload, if there is one.
   *
   * @param asked says whether the client waits for a 100.
   */
  serve(message: IncomingMessage, response: ServerResponse, asked: boolean): SeenUpload | null {
    this.#requests += 1
    const { method = '', url: path = '' } = message
    const request = { method, path, number: this.#requests }
    const exchange = new ResumableExchange(message, response, asked, request, this.#options)
    const upload = this.#uploads.get(path)
    if (upload !== undefined) return this.#resource(exchange, upload)
    if (!path.startsWith('/uploads/') && method !== 'OPTIONS') return this.#create(exchange)
    if (method === 'OPTIONS') exchange.answer(204, { 'upload-limit': this.#options.limit })
    else exchange.answer(404)
    return null
  }

  /** Ends all uploads that are not complete. */
  close(): void {
    for (const upload of this.#uploads.values()) {
      if (upload.state === 'open') upload.discard('cancelled')
    }
  }

  #create(exchange: ResumableExchange): SeenUpload | null {
    const { versions, limit, store } = this.#options
    const length = exchange.number('upload-length') ?? exchange.number('content-length')
    const version = exchange.number('upload-draft-interop-version')
    const path = `/uploads/${this.#uploads.size + 1}`
    const upload = new ResumableUpload(path, `${exchange.request.method} ${exchange.request.path}`)
    upload.length = length
    if (version !== null && versions.includes(version)) {
      if (length !== null && length > limitOf(limit, 'max-size')) {
        exchange.answer(413, { 'upload-limit': limit, 'upload-complete': '?0' })
        return null
      }
      this.#uploads.set(path, upload)
      exchange.inform({ location: path, 'upload-limit': limit })
    } else {
      exchange.whenBroken(() => upload.discard('invalid'))
    }
    const writable = store?.(upload)
    if (writable) upload.writeTo(writable)
    this.#take(exchange, upload)
    return upload
  }

  #resource(exchange: ResumableExchange, upload: ResumableUpload): SeenUpload {
    const { limit } = this.#options
    // Ends an earlier request for the same upload (draft, "Concurrency").
    upload.interrupt?.()
    upload.interrupt = null
    if (upload.state === 'cancelled' || upload.state === 'invalid') exchange.answer(410)
    else if (exchange.request.method === 'DELETE') {
      upload.discard('cancelled')
      exchange.answer(204)
    } else if (exchange.request.method === 'HEAD') {
      exchange.answer(204, {
        'upload-offset': String(upload.offset),
        'upload-complete': upload.state === 'complete' ? '?1' : '?0',
        ...(upload.length !== null && { 'upload-length': String(upload.length) }),
        'upload-limit': limit,
        'cache-control': 'no-store',
      })
    } else if (exchange.request.method === 'PATCH') this.#append(exchange, upload)
    else exchange.answer(405)
    return upload
  }

  #append(exchange: ResumableExchange, upload: ResumableUpload): void {
    const fields = { 'upload-offset': String(upload.offset), 'upload-complete': '?0' }
    const size = exchange.number('content-length')
    upload.length ??= exchange.number('upload-length')
    if (exchange.field('content-type') !== 'application/partial-upload') exchange.answer(415)
    else if (exchange.uploadComplete === null) exchange.answer(400)
    else if (exchange.number('upload-offset') !== upload.offset) exchange.answer(409, fields)
    else if ((size ?? 0) > limitOf(this.#options.limit, 'max-append-size')) {
      exchange.answer(413, { ...fields, 'upload-limit': this.#options.limit })
    } else if (upload.answer !== null) exchange.finish(upload.answer, upload.digestFields)
    else this.#take(exchange, upload)
  }

  #take(exchange: ResumableExchange, upload: ResumableUpload): void {
    const { keepContent, offsetEvery } = this.#options
    const { after = Number.POSITIVE_INFINITY } = exchange.fault ?? {}
    let acceptedBytes = 0
    let told = 0
    upload.appends += 1
    upload.wantsDigest ||= exchange.field('want-repr-digest').includes('sha-256')
    upload.interrupt = () => exchange.reset()
    const fails = (): boolean => {
      if (acceptedBytes < after) return false
      exchange.fail()
      return true
    }
    if (fails()) return
    exchange.read(
      (chunk) => {
        upload.received += chunk.length
        if (exchange.isOver || upload.state !== 'open') return
        const bytes = chunk.subarray(0, after - acceptedBytes)
        acceptedBytes += bytes.length
        told += bytes.length
        const full = upload.append(bytes, keepContent)
        if (full !== null) exchange.holdFor(full)
        if (upload.offset > (upload.length ?? Number.POSITIVE_INFINITY)) {
          upload.discard('invalid')
          exchange.answer(400, { 'upload-complete': '?0' })
        } else if (!fails() && offsetEvery > 0 && told >= offsetEvery) {
          told = 0
          exchange.inform({ 'upload-offset': String(upload.offset) })
        }
      },
      () => {
        upload.interrupt = null
        if (exchange.isOver) return
        // The content could not be stored.
        if (upload.state === 'invalid') exchange.finish({ status: 500 })
        else if (exchange.uploadComplete === false) this.#acknowledge(exchange, upload)
        else this.#complete(exchange, upload)
      },
    )
  }

  #acknowledge(exchange: ResumableExchange, upload: ResumableUpload): void {
    const fields = { 'upload-offset': String(upload.offset), 'upload-complete': '?0' }
    const isNew = upload.path !== exchange.request.path
    exchange.answer(isNew ? 201 : 204, { ...fields, ...(isNew && { location: upload.path }) })
  }

  #complete(exchange: ResumableExchange, upload: ResumableUpload): void {
    upload.length ??= upload.offset
    if (upload.offset < upload.length) {
      exchange.answer(400, { 'upload-complete': '?0' })
      return
    }
    const { response = () => ({ status: 201 }) } = this.#options
    upload.finish((isStored) => {
      if (!isStored) {
        exchange.finish({ status: 500 })
        return
      }
      upload.state = 'complete'
      upload.answer = response(upload)
      if (exchange.fault === null) exchange.finish(upload.answer, upload.digestFields)
      else exchange.fail()
    })
  }
}

function limitOf(limits: string, name: string): number {
  return Number(
    new RegExp(`(?:^|[ ,])${name}=(\\d+)`).exec(limits)?.[1] ?? Number.POSITIVE_INFINITY,
  )
}
