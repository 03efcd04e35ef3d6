import { expect } from 'chai'
import { filesOf } from '../support/command-origin.ts'
import { run } from '../support/terminal.ts'

const nowhere = 'http://127.0.0.1:1'

describe('the command put with wrong arguments', () => {
  for (const [args, said] of [
    [[], 'put needs a file and a URL'],
    [['-'], 'put needs a file and a URL'],
    [['-', 'nowhere'], "'nowhere' is no http or https URL; write http://… or https://…"],
    [['-', 'ftp://a'], "'ftp://a' is no http or https URL"],
    [['-', 'http://me:secret@a'], 'the URL for a holds credentials; use --user'],
    [['/', nowhere], "'/' is a folder; upload it with -r"],
    [['-r', '/', `${nowhere}/a`], "a folder needs a URL that ends in '/'"],
    [['-', `${nowhere}/a/`], "standard input has no name to put to '/a/'"],
    [['-', 'b', `${nowhere}/a`], `several files need a URL that ends in '/', not '${nowhere}/a'`],
    [['-', nowhere, '-H', 'secret'], "a header field must be 'name: value'"],
    [['-', nowhere, '-H', 'a: b\nc'], "a header field must be 'name: value'"],
    [
      ['-', nowhere, '-H', 'Transfer-Encoding: chunked'],
      'the client writes the header field Transfer-Encoding itself; a body from standard input (-) is sent chunked',
    ],
    [
      ['-', nowhere, '-H', 'connection: close'],
      'the client writes the header field connection itself',
    ],
    [['-', nowhere, '--method', 'A B'], 'It must be one word, such as POST'],
    [['-', nowhere, '--expect', 'so'], 'Allowed choices are auto, always, never'],
    [['-', nowhere, '--threshold', '1x'], 'It must be a number of bytes, such as 65536, 64k'],
    [['-', nowhere, '--continue-timeout', 'x'], "It must be milliseconds, or 'adaptive'"],
    [['-', nowhere, '--timeout', '1 s'], 'It must be seconds, or a time such as 500ms'],
    [['-', nowhere, '--connect-timeout', '600h'], 'It must be seconds, or a time such as 500ms'],
    [['-', nowhere, '--limit-rate', '-5'], 'It must be a number of bytes'],
    [['-', nowhere, '--color', 'red'], 'Allowed choices are auto, always, never'],
    [['-', nowhere, '-f', '--fail-with-body'], 'cannot be used with option'],
    [['-', nowhere, '--retry', '-1'], 'It must be a whole number'],
    [['-', nowhere, '--concurrency', '0'], 'It must be 1 or more'],
    [['-', nowhere, '--checksum', 'md5'], 'Allowed choices are sha256'],
    [['-', nowhere, '--checksum-header', 'x-sum'], 'not standard input'],
    [['-', nowhere, '-u', 'a', '--basic', '--digest'], "cannot be used with option '--basic"],
    [['-', nowhere, '-u', 'a', '--bearer'], "cannot be used with option '-u"],
    [['-', nowhere, '--digest'], '--digest needs a --user'],
    [['-', nowhere, '--bearer'], 'there is no terminal to ask at; set EXPECT_CONTINUE_TOKEN'],
    [['-', nowhere, '-u', 'me'], 'set EXPECT_CONTINUE_PASSWORD'],
    [['-', nowhere, '--bearer', '-H', 'Authorization: x'], 'an Authorization header excludes'],
    [['-', nowhere, '--proxy', 'nowhere'], "--proxy: Option 'proxy' must have a URL"],
    [['-', nowhere, '--key', '/no/such'], '--key needs a --cert'],
  ] as const) {
    it(`prints why: ${args.join(' ')}`, async () => {
      const { status, out, err } = await run(['put', ...args])
      expect([status, out]).to.deep.equal([2, ''])
      expect(err)
        .to.match(/^expect-continue: /)
        .and.include(said)
      expect(err).to.match(/\nTry 'expect-continue put --help'\.\n$/)
      expect(err).not.to.include('secret')
    })
  }

  it('names two files with the same target', async () => {
    const [one = '', other = ''] = filesOf({ 'a/x': '', 'b/x': '' })
    const { status, err } = await run(['put', one, other, `${nowhere}/`])
    expect(status).to.equal(2)
    expect(err).to.include(`'${one}' and '${other}' would go to the same place, /x`)
  })
})
