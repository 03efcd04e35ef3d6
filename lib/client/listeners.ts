import type { UploadListeners } from '../report/report.ts'

export const listenerNames = ['onProgress', 'onContinue', 'onInterim'] as const

/** @throws TypeError naming one that is not a function. */
export function pickListeners(options: UploadListeners): UploadListeners {
  const { onProgress, onContinue, onInterim } = options
  for (const name of listenerNames) {
    if (options[name] === undefined || typeof options[name] === 'function') continue
    throw new TypeError(`Option '${name}' must be a function`)
  }
  return { onProgress, onContinue, onInterim }
}
