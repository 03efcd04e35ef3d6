import { ExpectAgent, fromFile, upload } from 'expect-continue'

/** Uploads bytes and a file to each mode of an origin. Returns a line for each upload. */
export async function uploads(url, file) {
  const lines = []
  const dispatcher = new ExpectAgent({ expect: 'always' })
  const contents = { bytes: Buffer.alloc(2_097_152, 'a'), 'a file': fromFile(file) }
  for (const answer of ['go', '413', '417']) {
    for (const [kind, content] of Object.entries(contents)) {
      const { response, report } = await upload(`${url}/${answer}`, content, { dispatcher })
      await response.arrayBuffer()
      lines.push(`${answer}, ${kind}: ${response.status} ${report.outcome} ${report.sentBytes}`)
    }
  }
  await dispatcher.close()
  return lines
}
