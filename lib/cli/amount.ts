const units = ['KiB', 'MiB', 'GiB', 'TiB']

/** Bytes in a few characters: `999 B`, `1.5 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`
  let amount = bytes / 1024
  let unit = 0
  // Switches to the next unit before a fourth digit.
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1024
    unit += 1
  }
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${units[unit]}`
}

/** Seconds as a clock shows them: `0:07`, `1:02:03`. */
export function clockText(seconds: number): string {
  const wholeSeconds = Math.ceil(seconds)
  const minutes = Math.floor(wholeSeconds / 60)
  const last = String(wholeSeconds % 60).padStart(2, '0')
  if (minutes < 60) return `${minutes}:${last}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${last}`
}

/** Milliseconds in a few characters: `12 ms`, `1.5 s`. */
export function millisecondsText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
