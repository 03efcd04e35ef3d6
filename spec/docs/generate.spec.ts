import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { apiPages } from '../../docs/generate/api.ts'
import { commandReference } from '../../docs/generate/command.ts'
import { withSiteLinks } from '../../docs/generate/links.ts'
import { serversPage } from '../../docs/generate/servers.ts'
import { expectOptionNames } from '../../lib/options/settings.ts'

const read = (path: string): string => readFileSync(path, 'utf8')

describe('serversPage', () => {
  const source = [
    '# Uploads',
    '',
    'About it.',
    '',
    '| server | case | length | the caller got | outcome | `sentBytes` |',
    '| --- | --- | --- | --- | --- | --- |',
    '| one | accept | known | 201 | continued | all |',
    '| one | accept | unknown | 201 | continued | all |',
    '| one | too large | known | 413 | refused | none |',
    '| one | too large | unknown | 413 | continued | some |',
    '| one | moved | known | 201 | continued | all |',
    '| two | accept | known | 201 | silent | all |',
    '| two | no credentials | known | 401 | continued | all |',
  ].join('\n')

  it('begins with a row for each server', () => {
    const page = serversPage(source)
    expect(page).to.include('| one | 100 | 413, no body (stream: part) | – | – | followed |')
    expect(page).to.include('| two | nothing | – | 401, all | – | – |')
    expect(page.indexOf('| two | nothing')).to.be.below(page.indexOf('About it.'))
  })

  it('throws for a table with other columns', () => {
    expect(() => serversPage(source.replace('outcome', 'result'))).to.throw("no column 'outcome'")
  })

  it('can parse the current table', () => {
    expect(serversPage(read('docs/servers.md'))).to.match(
      /^\| nginx, WebDAV \| 100 \| 413, no body/m,
    )
  })
})

describe('commandReference', () => {
  it('has the options of each command, as Markdown', () => {
    const text = commandReference(read('man/expect-continue.1'))
    expect(text)
      .to.match(/^## put\n/)
      .and.to.match(/^## probe$/m)
    expect(text).to.match(/^\| `-X`, `--method <method>` \| /m)
    expect(text).to.match(/^### Output\n\n\| term \| meaning \|$/m)
    expect(text).not.to.match(/\\f[BI]|\\-|\\\(aq|^\./m)
  })
})

describe('withSiteLinks', () => {
  it('changes links to pages of the site', () => {
    const source = '[a](SECURITY.md#reporting) [b](docs/speed.md) [c](https://x.example/)'
    expect(withSiteLinks(source, 'CONTRIBUTING.md')).to.equal(
      '[a](/project/security.md#reporting) [b](/project/speed.md) [c](https://x.example/)',
    )
  })

  it('throws for a link to a file that the site does not have', () => {
    expect(() => withSiteLinks('[a](lib/index.ts)', 'README.md')).to.throw('lib/index.ts')
  })
})

describe('apiPages', () => {
  it('have a page for each entry point, with its doc comments', () => {
    const pages = apiPages(new URL('../../', import.meta.url))
    expect(pages.map(({ path }) => path)).to.include.members([
      'reference/api/expect-continue.md',
      'reference/api/expect-continue-testing.md',
    ])
    const text = pages[0]?.text ?? ''
    expect(text).to.include('### upload {#upload}').and.include('Uploads content')
    expect(text).to.include('`close(): Promise<void>; close(callback: () => void): void`')
    expect(pages.map((page) => page.text).join()).to.include(
      '`asked` says whether the client waits',
    )
    expect(pages[1]?.text).to.match(/^# expect-continue\/<wbr>testing$/m)
  })
})

describe('the pages of the reference', () => {
  it('have an anchor for each option', () => {
    const page = read('docs/reference/options.md')
    for (const name of expectOptionNames) expect(page).to.include(`\n### ${name}\n`)
  })

  it('have an anchor for each error code', () => {
    const [, ...codes] = read('lib/errors.ts').split("\n  | '")
    const page = read('docs/reference/errors.md')
    const names = codes.map((each) => each.slice(0, each.indexOf("'")))
    expect(names).to.include('ERR_EXPECT_NO_GATE')
    for (const name of names.filter((each) => each.startsWith('ERR_'))) {
      expect(page).to.include(`\n## ${name} {#${name}}\n`)
    }
  })

  it('have each diagnostics channel', () => {
    const [, list = ''] = /const names = \[(.*)\]/.exec(read('lib/report/diagnostics.ts')) ?? []
    const names = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name)
    expect(names).to.include('ask')
    const page = read('docs/reference/diagnostics.md')
    for (const name of names) expect(page).to.include(`\`expect-continue:${name}\``)
  })
})
