const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

/** Whether this is Node, and no other runtime that has its modules. */
export const isNode: boolean =
  process.versions.deno === undefined && process.versions.bun === undefined

/** The message for a version of Node on which undici fails to load; `null` for a supported version. */
export const unsupportedNode: string | null =
  isNode && (major < 22 || (major === 22 && minor < 19))
    ? `expect-continue needs Node.js 22.19 or newer, and this is ${process.versions.node}`
    : null
