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
