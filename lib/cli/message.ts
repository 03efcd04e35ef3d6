/** What to say of an error. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message !== '') return error.message
  // What Node throws where a name has several addresses says nothing itself.
  const [first] = error instanceof AggregateError ? error.errors : []
  return first === undefined ? error.name : messageOf(first)
}
