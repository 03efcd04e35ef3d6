import { expect } from 'chai'
import { anchorsOf, htmlOf } from '../../docs/site/markdown.ts'
import { readmePages } from '../../docs/site/readme.ts'
import { recipes } from '../../docs/site/recipes.ts'

describe('htmlOf', () => {
  it('gives headings the ids that GitHub gives them', () => {
    const source = '# What is `there`?\n\n## It, again\n\n## It, again\n'
    expect(anchorsOf(source)).to.deep.equal(['what-is-there', 'it-again', 'it-again-1'])
    expect(htmlOf(source)).to.include('<h2 id="it-again-1">')
  })

  it('leads links to where they are in the site', () => {
    const html = htmlOf('[a](x.md#y)', (href) => href.replace('.md', '.html'))
    expect(html).to.equal('<p><a href="x.html#y">a</a></p>\n')
  })

  it('lets tables and code be scrolled from the keyboard', () => {
    expect(htmlOf('| a |\n| - |\n| b |\n')).to.match(/^<div [^>]*tabindex="0"><table>/)
    expect(htmlOf('```ts\na < b\n```\n')).to.equal(
      '<pre tabindex="0"><code>a &lt; b</code></pre>\n',
    )
  })
})

describe('readmePages', () => {
  it('leaves nothing out, and cuts no code', () => {
    const code = '```sh\n## no heading\n```'
    const readme = `# Name\n\n## Install\n\n${code}\n\n## What happens when\n\nthat\n\n## Limits\n\nthis\n`
    expect(readmePages(readme)).to.deep.equal({
      index: `# Name\n\n## Install\n\n${code}\n\n`,
      guide: '# Guide\n\n## Limits\n\nthis\n\n',
      tables: '# What happens when\n\n\nthat\n\n',
    })
  })
})

describe('recipes', () => {
  it('show examples as users would write them', () => {
    const text = recipes(new URL('../../examples/', import.meta.url))
    expect(text).to.include('## s3\n').and.include("from 'expect-continue/testing'")
    expect(text).to.include('Usage: `node examples/progress.ts [url]`')
    expect(text).not.to.match(/\.\.\/lib|^\/\/ Usage/m)
  })
})
