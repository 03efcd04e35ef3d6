import { fetch } from 'expect-continue'

const a: typeof globalThis.fetch = fetch

export { a }
