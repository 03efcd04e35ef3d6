import { renderTimeline } from '../../lib/report/timeline/timeline.ts'
import { choices } from './choices.ts'
import type { Recording } from './recording.ts'
import { transcriptOf } from './transcript.ts'
import { wordsFor } from './words.ts'

const names = ['origin', 'client', 'content'] as const

/** Redraws the exchange whenever something else is chosen; the URL's fragment holds the choice. */
async function main(form: HTMLFormElement): Promise<void> {
  const response = await fetch('exchange.json')
  const recordings: Recording[] = await response.json()
  const draw = (): void => {
    const chosen = new FormData(form)
    const recording = recordings.find((each) =>
      names.every((name) => each[name] === chosen.get(name)),
    )
    if (recording !== undefined) show(recording)
  }
  form.addEventListener('change', () => {
    const chosen = new FormData(form)
    history.replaceState(null, '', `#${names.map((name) => chosen.get(name)).join('/')}`)
    draw()
  })
  addEventListener('hashchange', () => {
    choose(form)
    draw()
  })
  choose(form)
  draw()
}

/** Sets the form to what the fragment says, if it says it. */
function choose(form: HTMLFormElement): void {
  const wanted = location.hash.slice(1).split('/')
  if (!names.every((name, at) => choices[name].some(([value]) => value === wanted[at]))) return
  for (const [at, name] of names.entries()) {
    const group = form.elements.namedItem(name)
    if (group instanceof RadioNodeList) group.value = wanted[at] ?? ''
  }
}

function show(recording: Recording): void {
  element('words').textContent = wordsFor(recording)
  element('picture').innerHTML = renderTimeline(recording.report, 'svg')
  element('transcript').textContent = transcriptOf(recording.wire)
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no element '${id}'`)
  return found
}

const form = element('choices')
if (form instanceof HTMLFormElement) await main(form)
