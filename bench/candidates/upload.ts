import type { Candidate } from '../candidate.ts'
import { contentLength } from '../candidate.ts'
import type { Job } from '../job.ts'
import { fromFile, upload } from '../ours.ts'

/** Our `upload`. */
export function make({ memory }: Job): Candidate {
  const options = memory ? {} : { memory: false as const }
  return {
    async send(made) {
      const { url, method, source } = made
      const content = source.kind === 'file' ? fromFile(source.path) : source.body()
      const headers = contentLength(made)
      const { response } = await upload(url, content, { method, headers, ...options })
      await response.arrayBuffer()
      return response.status
    },
  }
}
