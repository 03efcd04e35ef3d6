import { barX, dot, line, plot, ruleX, ruleY, text } from '@observablehq/plot'
import { DOMParser } from 'linkedom'
import { type CandidateName, titles } from './candidates.ts'
import { metrics, numbersOf } from './metrics.ts'
import type { SectionResult } from './result.ts'
import type { Plot, Section } from './section.ts'
import { type Spread, spreadOf } from './statistics.ts'

interface Point extends Spread {
  readonly in: string
  readonly at: number
  readonly who: string
  readonly ours: boolean
}

/** What is used of an element: the DOM's types are not among this project's. */
interface Drawn {
  readonly outerHTML: string
  setAttribute(name: string, value: string): void
}

const document = new DOMParser().parseFromString('<!doctype html><html></html>', 'text/html')
const width = 800

/** One picture, as an SVG document: the median of all rounds, and a rule from lowest to highest. */
export function plotOf(shown: Plot, section: Section, result: SectionResult): string {
  const points = pointsOf(shown, section, result)
  const { title } = metrics[shown.metric]
  const svg = shown.axis === undefined ? bars(points, title) : lines(points, title, shown.axis)
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return `${svg.outerHTML}\n`
}

function pointsOf({ metric }: Plot, section: Section, result: SectionResult): Point[] {
  return result.cases.flatMap((each) => {
    const at = section.cases.find(({ name }) => name === each.name)?.at ?? 0
    return (Object.keys(each.samples) as CandidateName[]).flatMap((candidate) => {
      const numbers = numbersOf(metric, each.samples[candidate], each)
      if (numbers === null) return []
      const who = titles[candidate]
      const ours = who.endsWith('(ours)')
      return [{ in: each.name, at, who, ours, ...spreadOf(numbers) }]
    })
  })
}

function bars(points: readonly Point[], title: string): Drawn {
  const common = { y: 'who', fy: 'in' }
  return plot({
    document,
    width,
    marginLeft: 260,
    marginRight: 20,
    style: { background: 'white', color: 'black' },
    x: { label: title, grid: true, zero: true },
    y: { label: null },
    fy: { label: null, axis: null },
    marks: [
      text(points, { fy: 'in', text: 'in', frameAnchor: 'top-left', dy: -14, fontWeight: 'bold' }),
      barX(points, { ...common, x: 'median', fill: fillOf, sort: { y: null } }),
      ruleY(points, { ...common, x1: 'min', x2: 'max', strokeWidth: 1.5 }),
      ruleX([0]),
    ],
  })
}

function lines(points: readonly Point[], title: string, axis: string): Drawn {
  const common = { x: 'at', stroke: 'who' }
  return plot({
    document,
    width,
    marginLeft: 60,
    style: { background: 'white', color: 'black' },
    color: { legend: false },
    x: {
      type: 'log',
      label: axis,
      ticks: [...new Set(points.map(({ at }) => at))],
      tickFormat: 'd',
    },
    y: { label: title, grid: true, zero: true },
    marks: [
      line(points, { ...common, y: 'median' }),
      ruleX(points, { ...common, y1: 'min', y2: 'max' }),
      dot(points, { ...common, y: 'median' }),
      text(points.filter(isLast), {
        x: 'at',
        y: 'median',
        text: 'who',
        dy: -10,
        textAnchor: 'end',
      }),
      ruleY([0]),
    ],
  })
}

function fillOf({ ours }: Point): string {
  return ours ? '#2a78b5' : '#b8bec5'
}

/** Whether no point of the same candidate lies further right. */
function isLast(point: Point, _at: number, points: readonly Point[]): boolean {
  return points.every(({ who, at }) => who !== point.who || at <= point.at)
}
