import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('../examples/', import.meta.url))

/** The expected output, line by line. */
const printed: Record<string, readonly RegExp[]> = {
  'only-if-new.ts': [
    /^first: 201, 8388608 bytes sent, 0 saved$/,
    /^second: is there already, 0 bytes sent, 8388608 saved$/,
  ],
  'sign.ts': [
    /^201: first, redirect, replay$/,
    /^3 signatures, right for their host: true, true, true$/,
    /^took 0, 0, 8388608 bytes$/,
  ],
}

describe('the examples', () => {
  for (const [name, lines] of Object.entries(printed)) {
    it(`run without changes: ${name}`, async function () {
      this.timeout(60_000)
      const { stdout, stderr } = await run(process.execPath, [folder + name])
      const printedLines = stdout.trimEnd().split('\n')
      expect(stderr).to.equal('')
      expect(printedLines).to.have.length(lines.length)
      for (const [at, line] of lines.entries()) expect(printedLines[at]).to.match(line)
    })
  }

  it('are all run, except for the demo', () => {
    const others = readdirSync(folder).filter((name) => name !== 'demo.ts')
    expect(others.sort()).to.eql(Object.keys(printed).sort())
  })
})
