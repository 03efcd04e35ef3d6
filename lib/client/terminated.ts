/** What the platform's fetch says when the content of a response breaks off. */
export function terminated(cause: Error): TypeError {
  return new TypeError('terminated', { cause })
}
