/**
 * The text without what would steer a terminal, or may not stand in XML. Urls have none of it;
 * a report that was read from somewhere may.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/gu, '\ufffd')
}

/** Leaves out the middle of what is too long: both ends of a URL tell more. */
export function shortened(text: string, width: number): string {
  if (text.length <= width) return text
  const end = Math.floor((width - 1) / 2)
  return `${text.slice(0, width - 1 - end)}…${text.slice(-end)}`
}
