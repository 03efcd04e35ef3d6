import { uploads } from './uploads.mjs'

const [, , url, , , file] = process.argv

// A bundle in CommonJS has no top-level await.
uploads(url, file).then(
  (lines) => console.log(lines.join('\n')),
  (error) => {
    console.error(error)
    process.exitCode = 1
  },
)
