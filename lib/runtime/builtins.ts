/*
 * An import statement reads each export of a module of Node's. `WebSocket` of `http` loads the platform's fetch
 * (20 ms and 2 MB), and `Utf8Stream` of `fs` another 3 ms, which programs pay that use neither.
 */

export const http: typeof import('node:http') = process.getBuiltinModule('node:http')

export const fs: typeof import('node:fs') = process.getBuiltinModule('node:fs')
