import { expect } from 'chai'
import { renderTimeline } from '../../../lib/report/timeline/timeline.ts'
import { attemptReport, refused, refusedReport, uploadReport } from '../../support/reports.ts'

interface Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: Element[]
  text: string
}

const tag = /^<(\/?)([a-z]+)((?: [a-z-]+="[^"<&]*")*)(\/?)>/
const words = /^(?:[^<&\p{Cc}]|\n|&(?:amp|lt|gt|quot|#39);)+/u

/** Parses XML in the strict form of these documents; throws on anything else. */
function parsed(document: string): Element {
  const root = elementOf('', '')
  const open = [root]
  let rest = document
  while (rest !== '') {
    const [match, closes, name = '', attributes = '', empty] = tag.exec(rest) ?? []
    const piece = match ?? words.exec(rest)?.[0]
    const within = open.at(-1)
    if (piece === undefined || within === undefined) throw new Error(`No XML: ${rest}`)
    rest = rest.slice(piece.length)
    if (match === undefined) within.text += piece
    else if (closes === '/') {
      if (open.pop()?.name !== name) throw new Error(`Nothing to close with ${match}`)
    } else {
      const element = elementOf(name, attributes)
      within.children.push(element)
      if (empty === '') open.push(element)
    }
  }
  const [only, ...others] = root.children
  if (only === undefined || others.length > 0 || open.length > 1) throw new Error('Not one root')
  return only
}

function elementOf(name: string, attributes: string): Element {
  const pairs = [...attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)]
  const map = new Map(pairs.map(([, key = '', value = '']) => [key, value]))
  return { name, attributes: map, children: [], text: '' }
}

function bars(root: Element): string[][] {
  return root.children
    .filter(({ name }) => name === 'rect')
    .map(({ attributes }) => ['class', 'x', 'width'].map((key) => attributes.get(key) ?? ''))
    .filter(([kind]) => kind !== 'paper' && kind !== 'track')
}

function texts(root: Element, kind: string): string[] {
  return root.children
    .filter(({ attributes }) => attributes.get('class') === kind)
    .map(({ text }) => text)
}

describe('a timeline as SVG', () => {
  it('is an image with a name and a description', () => {
    const root = parsed(renderTimeline(uploadReport(), 'svg'))
    expect(root.attributes.get('xmlns')).to.equal('http://www.w3.org/2000/svg')
    expect(root.attributes.get('role')).to.equal('img')
    expect(root.children.slice(0, 2)).to.containSubset([
      { name: 'title', text: 'continued: 201, waited 30.0 ms, 48.0 MiB sent' },
      {
        name: 'desc',
        text: '#1 PUT http://uploads.example/videos/1: head, expect: 100-continue at 10.0 ms, body waits 30.0 ms at 10.0 ms, 100 at 40.0 ms, body 48.0 MiB at 40.0 ms, 201 at 370.0 ms.',
      },
    ])
  })

  it('positions events along the width', () => {
    const times = { headAtMs: 25, contentAtMs: 50, contentEndAtMs: 75, statusAtMs: 100 }
    const attempt = attemptReport({ ...times, interim: [{ status: 100, atMs: 50 }] })
    const root = parsed(renderTimeline(uploadReport({ attempts: [attempt] }), 'svg'))
    expect(bars(root)).to.deep.equal([
      ['head', '25.75%', '3'],
      ['wait', '25.75%', '23.75%'],
      ['interim', '49.5%', '3'],
      ['content', '49.5%', '23.75%'],
      ['final', '97%', '3'],
    ])
  })

  it('shows who sent what, and when', () => {
    const root = parsed(renderTimeline(refusedReport(), 'svg'))
    expect(texts(root, 'headline')).to.deep.equal(['refused: 413'])
    expect(texts(root, 'fact')).to.deep.equal(['48.0 MiB not sent'])
    expect(texts(root, 'label')).to.deep.equal([
      '→ head, expect: 100-continue',
      'body waits 30.0 ms',
      '← 413',
      '48.0 MiB not sent',
    ])
    expect(texts(root, 'at')).to.deep.equal(['10.0 ms', '10.0 ms', '40.0 ms', ''])
    expect(bars(root).map(([kind]) => kind)).to.deep.equal(['head', 'wait', 'refusal', 'unsent'])
  })

  it('gives each attempt a lane', () => {
    const attempts = [
      attemptReport({ ...refused, status: 417 }),
      attemptReport({ reason: 'replay', startedAtMs: 50 }),
    ]
    const root = parsed(renderTimeline(uploadReport({ attempts }), 'svg'))
    expect(texts(root, 'lane')).to.deep.equal(['#1 PUT', '#2 PUT (replay)'])
  })

  it('shortens a long URL', () => {
    const url = `http://uploads.example/${'very/'.repeat(30)}video.h264`
    const [shortened] = texts(parsed(renderTimeline(refusedReport({ url }), 'svg')), 'url')
    expect(shortened)
      .to.have.length(90)
      .and.to.match(/^http:\/\/uploads.*….*video\.h264$/)
  })

  it('is as high as its content', () => {
    const root = parsed(renderTimeline(uploadReport(), 'svg'))
    const bottoms = root.children
      .filter(({ attributes }) => attributes.get('class') === 'track')
      .map(({ attributes }) => Number(attributes.get('y')) + Number(attributes.get('height')))
    const height = Number(root.attributes.get('height'))
    expect(height - Math.max(...bottoms)).to.be.within(12, 24)
  })

  it('escapes all text of a report', () => {
    const url = `http://uploads.example/</text><script>"&'\u0000\ud800`
    const root = parsed(renderTimeline(refusedReport({ url, method: '<P>' }), 'svg'))
    expect(texts(root, 'url')).to.deep.equal([
      'http://uploads.example/&lt;/text&gt;&lt;script&gt;&quot;&amp;&#39;\ufffd\ufffd',
    ])
    expect(texts(root, 'lane')).to.deep.equal(['#1 &lt;P&gt;'])
  })

  it('has colours for light and dark mode', () => {
    const root = parsed(renderTimeline(uploadReport(), 'svg'))
    const style = root.children.find(({ name }) => name === 'style')?.text ?? ''
    const [light, dark] = style.split('@media (prefers-color-scheme: dark)')
    for (const colours of [light, dark]) expect(colours).to.match(/\.paper \{ fill: #\w{6} \}/)
    const rules = style.split('\n').filter((line) => line.includes('{') && !line.startsWith('@'))
    expect(rules.every((line) => line.startsWith('.expect-timeline'))).to.equal(true)
  })

  it('has no ids, which several images in one page would share', () => {
    expect(renderTimeline(refusedReport(), 'svg')).not.to.include(' id=')
  })
})
