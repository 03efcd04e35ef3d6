/**
 * Node's `http`. An import statement would read each of its exports, and `WebSocket` among them
 * loads the platform's fetch: 20 ms and 2 MB, which programs pay that never use it.
 */
export const http: typeof import('node:http') = process.getBuiltinModule('node:http')
