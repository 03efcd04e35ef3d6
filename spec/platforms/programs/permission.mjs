// Uploads a file that may be read and one that may not, with Node's permissions.
import { fromFile, upload } from 'expect-continue'

const [, , url, , , file, secret] = process.argv

for (const answer of ['go', '413', '417']) {
  try {
    const content = fromFile(file)
    const { response, report } = await upload(`${url}/${answer}`, content, { expect: 'always' })
    await response.arrayBuffer()
    console.log(`${answer}: ${response.status} ${report.outcome} ${report.sentBytes}`)
  } catch (error) {
    console.log(`${answer}: ${error.code}`)
  }
}

try {
  await upload(`${url}/secret`, fromFile(secret))
} catch (error) {
  console.log(`a file that may not be read: ${error.code} ${error.permission}`)
}
