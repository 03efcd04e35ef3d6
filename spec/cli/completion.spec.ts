import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { run } from '../support/terminal.ts'

/** The completions of bash for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const { out } = await run(['completion', 'bash'])
  const script = `${out}
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _expect_continue 2>/dev/null
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const printed = execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
  return printed.split('\n').filter((line) => line !== '')
}

describe('the command completion', () => {
  it('completes commands in bash', async () => {
    expect(await offered('expect-continue', 'pu')).to.deep.equal(['put'])
  })

  it('completes options in bash', async () => {
    const found = await offered('expect-continue', 'put', '--ch')
    expect(found).to.deep.equal(['--checksum', '--checksum-header'])
  })

  for (const words of [
    ['--expect', 'a'],
    ['--expect', '=', 'a'],
  ]) {
    it(`completes the values of an option in bash: ${words.join(' ')}`, async () => {
      const found = await offered('expect-continue', 'put', ...words)
      expect(found).to.deep.equal(['auto', 'always'])
    })
  }

  it('leaves file names to bash', async () => {
    expect(await offered('expect-continue', 'put', 'a')).to.deep.equal([])
    expect(await offered('expect-continue', 'put', '--cacert', '')).to.deep.equal([])
  })

  for (const [shell, parts] of [
    [
      'zsh',
      [
        "'put:upload files or standard input'",
        "'(-X --method)--method=''[the method]:method:(PUT POST PATCH)'",
        ':mode:(auto always never)',
        "'*:file:_files'",
      ],
    ],
    [
      'fish',
      [
        "-n __fish_use_subcommand -a put -d 'upload files or standard input'",
        "-n '__fish_seen_subcommand_from put' -s X -l method -x -a 'PUT POST PATCH' -d 'the method'",
        "-l expect -x -a 'auto always never'",
        '-l cacert -r -F',
      ],
    ],
  ] as const) {
    it(`prints a script for ${shell}`, async () => {
      const { status, out, err } = await run(['completion', shell])
      expect([status, err]).to.deep.equal([0, ''])
      for (const part of parts) expect(out).to.include(part)
    })
  }

  it('rejects an unknown shell', async () => {
    const { status, err } = await run(['completion', 'csh'])
    expect(status).to.equal(2)
    expect(err).to.include('Allowed choices are bash, zsh, fish.')
  })
})
