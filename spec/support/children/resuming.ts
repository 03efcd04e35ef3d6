import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fromFile, type ResumeToken, upload } from '../../../lib/index.ts'

// Uploads a file, and goes on with the upload of a process that was killed: the token is kept in a file.
const [url = '', path = '', kept = ''] = process.argv.slice(2)
const token = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as ResumeToken) : {}
const { response, report } = await upload(url, fromFile(path), {
  resume: {
    ...token,
    onToken: (next) => (next === null ? rmSync(kept) : writeFileSync(kept, JSON.stringify(next))),
  },
})
console.log(response.status, report.outcome)
