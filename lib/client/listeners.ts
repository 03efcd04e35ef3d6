import type { UploadListeners } from '../report/report.ts'

/**
 * Picks the listeners out of options.
 *
 * @throws TypeError naming one that is not a function.
 */
export function pickListeners({
  onProgress,
  onContinue,
  onInterim,
}: UploadListeners): UploadListeners {
  check('onProgress', onProgress)
  check('onContinue', onContinue)
  check('onInterim', onInterim)
  return { onProgress, onContinue, onInterim }
}

function check(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return
  throw new TypeError(`Option '${name}' must be a function`)
}
