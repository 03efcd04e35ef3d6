// Uploads a release asset with Octokit, which learns of a refusal before it sends anything.
// Usage: node examples/github-release-asset.ts [base URL], such as https://uploads.github.com,
// with OWNER, REPO, RELEASE_ID and GITHUB_TOKEN in the environment.
import { request } from '@octokit/request'
import { createFetch } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const { OWNER = 'octocat', REPO = 'hello', RELEASE_ID = '1', GITHUB_TOKEN = 'none' } = process.env
const headers = { 'content-type': 'application/json' }
const body = JSON.stringify({ message: 'Validation Failed' })
const origin = await startOrigin({ mode: { status: 422, headers, body } })

const outcome = await request(
  'POST /repos/{owner}/{repo}/releases/{release_id}/assets{?name,label}',
  {
    baseUrl: given ?? origin.url,
    owner: OWNER,
    repo: REPO,
    release_id: Number(RELEASE_ID),
    name: 'video.h264',
    data: Buffer.alloc(8 * 1024 * 1024, 'video') as unknown as string,
    headers: { authorization: `token ${GITHUB_TOKEN}`, 'content-type': 'video/h264' },
    request: { fetch: createFetch() },
  },
).catch((error: Error) => error)
console.log('message' in outcome ? `refused: ${outcome.message}` : `uploaded: ${outcome.status}`)
for (const { asked, bytes } of origin.requests) console.log(`asked: ${asked}, took ${bytes} bytes`)

await origin.close()
