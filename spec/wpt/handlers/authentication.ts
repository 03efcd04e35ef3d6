import type { Handler, Lines } from '../server/answer.ts'
import { corsLines } from './cors.ts'

const credentials = `Basic ${Buffer.from('user:password').toString('base64')}`

/** Accepts a user that the tests know. */
export const authentication: Handler = (call) => {
  if (call.header('authorization') === credentials) return { content: 'Authentication done' }
  const realm = call.query.get('realm') ?? 'test'
  const headers: Lines = [['WWW-Authenticate', `Basic realm="${realm}"`]]
  return { status: 401, statusText: 'Unauthorized', headers, content: 'Who are you?' }
}

/** Answers with the credentials of the request. */
export const dumpAuthorization: Handler = (call) => ({
  headers: [
    ['Content-Type', 'text/html'],
    ['Cache-Control', 'no-cache'],
    ...corsLines(call),
    ['Access-Control-Allow-Headers', 'Authorization'],
  ],
  content: call.header('authorization') ?? 'none',
})
