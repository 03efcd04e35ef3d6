import { renderTimeline } from '../../lib/report/timeline/timeline.ts'
import { choices } from '../exchange/choices.ts'
import type { Recording } from '../exchange/recording.ts'
import { transcriptOf } from '../exchange/transcript.ts'
import { wordsFor } from '../exchange/words.ts'
import { escaped } from './markdown.ts'

const legends = { origin: 'The origin', client: 'The client', content: 'It uploads' } as const

/** The page about the exchange as it is before anything was chosen. */
export function exchangeBody(recordings: readonly Recording[]): string {
  const [first] = recordings.filter(({ origin, client, content }) =>
    [origin, client, content].every((choice, at) => choice === firsts[at]),
  )
  if (first === undefined)
    throw new Error('There is no recording of the first choices; run docs:record')
  return `<h1>See the exchange</h1>
<p>An upload of 16 MiB, as it was recorded: choose what the origin does, and how the client goes about it.
With <code>Expect: 100-continue</code> the head goes first and the content waits for an answer.</p>
<form id="choices">
${Object.entries(legends)
  .map(([name, legend]) => fieldset(name as keyof typeof choices, legend))
  .join('\n')}
</form>
<p id="words" role="status">${escaped(wordsFor(first))}</p>
<div class="exchange">
<section aria-labelledby="picture-title">
<h2 id="picture-title">What happened when</h2>
<div id="picture">${renderTimeline(first.report, 'svg')}</div>
</section>
<section aria-labelledby="wire-title">
<h2 id="wire-title">What went over the wire</h2>
<pre id="transcript" tabindex="0">${escaped(transcriptOf(first.wire))}</pre>
</section>
</div>
<p>The origin answers after 40 ms, and the uplink takes some 50 MB a second. Header fields that do not
matter here are left out. Times in the picture count from the call, those of the wire from its first byte.</p>`
}

const firsts = [choices.origin, choices.client, choices.content].map(([first]) => first?.[0])

function fieldset(name: keyof typeof choices, legend: string): string {
  const labels = choices[name].map(([value, label], at) => {
    const checked = at === 0 ? ' checked' : ''
    const input = `<input type="radio" name="${name}" value="${value}"${checked}>`
    return `<label>${input} ${escaped(label)}</label>`
  })
  return `<fieldset><legend>${legend}</legend>\n${labels.join('\n')}\n</fieldset>`
}
