/**
 * Node's `http`. An import statement reads every export, and reading `WebSocket` loads the
 * platform's fetch: 20 ms and 2 MB for programs that never use it.
 */
export const http: typeof import('node:http') = process.getBuiltinModule('node:http')
