/**
 * The text without what would steer a terminal, or may not stand in XML. Urls have none of it;
 * a report that was read from somewhere may.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/gu, '\ufffd')
}
