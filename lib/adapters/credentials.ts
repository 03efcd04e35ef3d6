type Fields = Readonly<Record<string, string>>

/** Header fields with basic credentials, unless they have an Authorization of their own. */
export function withCredentials(headers: Fields, username: string, password: string): Fields {
  if (username === '' && password === '') return headers
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')) return headers
  return { ...headers, authorization: basic(username, password) }
}

/** The value of an Authorization field. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** What a URL holds in place of a user name or a password, as it was meant. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A percent sign that begins no escape stands for itself.
    return text
  }
}
