import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('../examples/', import.meta.url))

/** What each prints, line by line. */
const printed: Record<string, readonly RegExp[]> = {
  'abort.ts': [/^first: AbortError$/, /^then: 204, whole from byte [1-9]\d{6,7}$/],
  'axios.ts': [
    /^put: 201$/,
    /^responding: 8388608 bytes sent$/,
    /^asked: true, took 8388608 bytes$/,
  ],
  'elasticsearch-bulk.ts': [/^indexed: without errors$/, /^asked: true, took 3038890 bytes$/],
  'gateway.ts': [/^the store said 413 after 0 bytes$/, /^the client was told 413 after 0 bytes$/],
  'github-release-asset.ts': [/^refused: Validation Failed$/, /^asked: true, took 0 bytes$/],
  'mtls.ts': [/^with a certificate, continued: 201$/, /^without one: refused$/],
  'only-if-new.ts': [
    /^first: 201, 8388608 bytes sent, 0 saved$/,
    /^second: is there already, 0 bytes sent, 8388608 saved$/,
  ],
  'openai.ts': [/^refused: 413 The file is too large$/, /^asked: true, took 0 bytes$/],
  'progress.ts': [
    /^waiting: 0 %$/,
    /^sending: 0 %$/,
    /^sending: 25 %$/,
    /^sending: 50 %$/,
    /^sending: 75 %$/,
    /^sending: 100 %$/,
    /^responding: 100 %$/,
    /^continued: 201, 33554432 bytes sent$/,
  ],
  'proxy.ts': [/^proxy: a tunnel to 127\.0\.0\.1$/, /^continued: 201, 8388608 bytes sent$/],
  's3.ts': [/^put: 200$/, /^asked: true, took 8388608 bytes$/],
  'sign.ts': [
    /^201: first, redirect, replay$/,
    /^3 signatures, right for their host: true, true, true$/,
    /^took 0, 0, 8388608 bytes$/,
  ],
  'supabase.ts': [
    /^uploaded: videos\/video\.h264$/,
    /^asked: true, 417, took 0 bytes$/,
    /^asked: false, 200, took \d{7} bytes$/,
  ],
  'unix-socket.ts': [/^continued: 201, 8388608 bytes sent$/],
}

describe('the examples', () => {
  for (const [name, lines] of Object.entries(printed)) {
    it(`run as they are: ${name}`, async function () {
      this.timeout(60_000)
      const { stdout, stderr } = await run(process.execPath, [folder + name])
      const came = stdout.trimEnd().split('\n')
      expect(stderr).to.equal('')
      expect(came).to.have.length(lines.length)
      for (const [at, line] of lines.entries()) expect(came[at]).to.match(line)
    })
  }

  it('are all run, but for the demo', () => {
    const others = readdirSync(folder).filter((name) => name !== 'demo.ts')
    expect(others.sort()).to.eql(Object.keys(printed).sort())
  })
})
