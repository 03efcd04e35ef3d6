const root = require('node:path').join(__dirname, '..')

// What is imported is beside this folder.
module.exports = { output: 'standalone', outputFileTracingRoot: root, turbopack: { root } }
