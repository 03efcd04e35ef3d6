const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** A number of bytes for people: `0 bytes`, `1.5 KiB`, `48.0 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  let amount = bytes
  let unit: string = ''
  for (const next of units) {
    // What would be rounded to 1024.0 is 1.0 of the next unit.
    if (Math.round(amount * 10) < 10240) break
    amount /= 1024
    unit = next
  }
  return `${amount.toFixed(1)} ${unit}`
}

/** A time for people: `0.4 ms`, `1001.3 ms`, `12.5 s`. */
export function timeText(milliseconds: number): string {
  if (milliseconds < 10_000) return `${milliseconds.toFixed(1)} ms`
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/**
 * Replaces control characters for terminals, and characters that XML does not allow. A report from
 * another source may contain them.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/gu, '\ufffd')
}

/** Leaves out the middle of a text that is too long. The ends of a URL tell more. */
export function shortened(text: string, width: number): string {
  if (text.length <= width) return text
  const end = Math.floor((width - 1) / 2)
  return `${text.slice(0, width - 1 - end)}…${text.slice(-end)}`
}
