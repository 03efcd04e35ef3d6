import type { Progress } from '../report/report.ts'

/** What axios tells about a transfer. */
export interface AxiosProgress {
  readonly loaded: number
  readonly total: number | undefined
  readonly progress: number | undefined
  readonly bytes: number
  readonly rate: number | undefined
  readonly estimated: number | undefined
  readonly lengthComputable: boolean
  readonly upload?: true
  readonly download?: true
}

/** A progress event as axios makes it. */
export function progressOf(
  loaded: number,
  bytes: number,
  total: number | null,
  rate: number,
): AxiosProgress {
  return {
    loaded,
    total: total ?? undefined,
    progress: total ? loaded / total : undefined,
    bytes,
    rate: rate || undefined,
    estimated: rate && total ? (total - loaded) / rate : undefined,
    lengthComputable: total !== null,
  }
}

/** Tells axios how far an upload is, each time that there is more. */
export function uploadProgress(
  onUploadProgress: ((event: never) => void) | undefined,
): (progress: Progress) => void {
  const tell = onUploadProgress as ((event: AxiosProgress) => void) | undefined
  let before = 0
  return ({ sent, total, rate }) => {
    if (sent > before) tell?.({ ...progressOf(sent, sent - before, total, rate), upload: true })
    before = sent
  }
}
