import { barX, dot, line, plot, ruleX, ruleY, text } from '@observablehq/plot'
import { DOMParser } from 'linkedom'
import { type CandidateName, titles } from './job.ts'
import { metrics, numbersOf, type SectionResult, type Spread, spreadOf } from './metrics.ts'
import type { Plot, Section } from './section.ts'

interface Point extends Spread {
  readonly in: string
  readonly at: number
  readonly who: string
  readonly ours: boolean
}

/** The properties of an element that are used: this project does not have the types of the DOM. */
interface Drawn {
  readonly outerHTML: string
  setAttribute(name: string, value: string): void
}

const document = new DOMParser().parseFromString('<!doctype html><html></html>', 'text/html')
const width = 800
const style = { background: 'white', color: 'black' }

/** A plot as an SVG document: the median of all rounds, and a line from the lowest to the highest. */
export function plotOf(plot: Plot, section: Section, result: SectionResult): string {
  const points = pointsOf(plot, section, result)
  const { title } = metrics[plot.metric]
  const svg = plot.axis === undefined ? bars(points, title) : lines(points, title, plot.axis)
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return `${svg.outerHTML}\n`
}

function pointsOf({ metric, axis }: Plot, section: Section, { results }: SectionResult): Point[] {
  const rows = section.cases.flatMap((each) => each.rows)
  return results.flatMap((result) => {
    const { name, condition } = result
    const at = rows.find((row) => row.name === name)?.at ?? 0
    const title = axis === undefined ? `${name} (${condition})` : name
    return (Object.keys(result.samples) as CandidateName[]).flatMap((candidate) => {
      const numbers = numbersOf(metric, candidate, result)
      if (numbers === null) return []
      const who = titles[candidate]
      const ours = who.endsWith('(ours)')
      return [{ in: title, at, who, ours, ...spreadOf(numbers) }]
    })
  })
}

/** Bars below the name of their case. */
function bars(points: readonly Point[], title: string): Drawn {
  const names = [...new Set(points.map((point) => point.in))]
  const under = (name: string): Point[] => points.filter((point) => point.in === name)
  // A row for the name of each case, and one for each of its bars.
  const rows = names.flatMap((name) => [rowOf(name, ''), ...under(name).map(row)])
  return plot({
    document,
    width,
    height: rows.length * 15 + 60,
    marginLeft: 260,
    marginRight: 20,
    style,
    x: { label: title, grid: true, zero: true, nice: true },
    y: { label: null, domain: rows, tickFormat: whoOf, tickSize: 0 },
    marks: [
      text(names, {
        x: 0,
        y: (name) => rowOf(name, ''),
        text: (name) => name,
        textAnchor: 'start',
        fontWeight: 'bold',
        dx: 4,
      }),
      barX(points, { y: row, x: 'median', fill: ({ ours }) => (ours ? '#2a78b5' : '#b8bec5') }),
      ruleY(points, { y: row, x1: 'min', x2: 'max', strokeWidth: 1.5 }),
      ruleX([0]),
    ],
  })
}

function row(point: Point): string {
  return rowOf(point.in, point.who)
}

function rowOf(name: string, who: string): string {
  return `${name}\n${who}`
}

function whoOf(rowName: string): string {
  return rowName.split('\n')[1] ?? ''
}

/** A line for each candidate, with its name. */
function lines(points: readonly Point[], title: string, axis: string): Drawn {
  const common = { x: 'at', stroke: 'who' }
  const whos = [...new Set(points.map(({ who }) => who))]
  const [blues, greys] = [
    ['#2a78b5', '#7fb2dd'],
    ['#444', '#999'],
  ]
  const range = whos.map((who) => (who.endsWith('(ours)') ? blues : greys)?.shift() ?? 'black')
  const ticks = [...new Set(points.map(({ at }) => at))]
  const number = (at: number): string => at.toLocaleString('en')
  return plot({
    document,
    width,
    marginLeft: 60,
    marginRight: 20,
    style,
    color: { domain: whos, range },
    x: { type: 'log', label: axis, ticks, tickFormat: number },
    y: { label: title, grid: true, zero: true, nice: true },
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

/** Whether the candidate has no point further right. */
function isLast(point: Point, _at: number, points: readonly Point[]): boolean {
  return points.every(({ who, at }) => who !== point.who || at <= point.at)
}
