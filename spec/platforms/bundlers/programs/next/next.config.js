const root = require('node:path').join(__dirname, '..')

// Imported files are next to this folder.
module.exports = { output: 'standalone', outputFileTracingRoot: root, turbopack: { root } }
