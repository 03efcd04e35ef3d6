import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { currentPage, pagePath } from '../../man/page.ts'

describe('the manual page', () => {
  it('contains the text of --help; else run npm run man', () => {
    expect(readFileSync(pagePath, 'utf8')).to.equal(currentPage())
  })

  it('has no line that roff would take as a request', () => {
    const requests = currentPage().match(/^[.'].*/gm) ?? []
    const known = /^\.(\\"|TH|SH|PP|TP|SS|B|RS|RE|nf|fi|br)( |$)/
    expect(requests.filter((line) => !known.test(line))).to.deep.equal([])
  })
})
