/** A client's signal: the platform's AbortSignal, or something like it. */
export interface SignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** The progress of a transfer. */
export interface AzureProgress {
  loadedBytes: number
}

/** The header fields of a request, in the shape of the current pipeline or of the older one. */
export interface AzureRequestHeaders {
  get(name: string): string | undefined
  toJSON?(options?: { preserveCase?: boolean }): Record<string, string>
  toJson?(options?: { preserveCase?: boolean }): Record<string, string>
}

/** A request of the Azure SDK. */
export interface AzureRequest {
  url: string
  method: string
  headers: AzureRequestHeaders
  body?: unknown
  timeout: number
  abortSignal?: SignalLike | undefined
  allowInsecureConnection?: boolean | undefined
  disableKeepAlive?: boolean | undefined
  streamResponseStatusCodes?: Set<number> | undefined
  onUploadProgress?: ((progress: AzureProgress) => void) | undefined
  onDownloadProgress?: ((progress: AzureProgress) => void) | undefined
}

/** The header fields, with the SDK's spelling of the names. */
export function fieldsOf({ headers }: AzureRequest): Record<string, string> {
  const write = headers.toJSON ?? headers.toJson
  return write?.call(headers, { preserveCase: true }) ?? {}
}
