import { expect } from 'chai'
import { Screen } from '../../lib/cli/screen.ts'
import { intervalClock } from '../support/clock.ts'
import { Sink } from '../support/terminal.ts'
import { visible } from '../support/visible.ts'

const options = { progress: true, paint: (_: unknown, text: string) => text, sizes: [100] }
const half = { phase: 'sending', sent: 50, total: 100, rate: 10 } as const

describe('Screen', () => {
  it('shows a line for each upload, and removes it', () => {
    const clock = intervalClock()
    const stream = new Sink(80)
    const screen = new Screen(stream, options)
    const one = screen.add('one', 50)
    const two = screen.add('two', 50)
    one.progress = half
    clock.tick(100)
    expect(visible(stream.text)).to.deep.equal([
      'one  sending     [===============>                ]   50%      10 B/s      0:05',
      'two  connecting',
    ])
    one.remove()
    clock.tick(100)
    expect(visible(stream.text)).to.deep.equal(['two  connecting'])
    two.remove()
    expect(visible(stream.text)).to.deep.equal([])
    expect(clock.countTimers()).to.equal(0)
  })

  it('prints messages above the lines', () => {
    const clock = intervalClock()
    const stream = new Sink(80)
    const screen = new Screen(stream, options)
    screen.add('one', 50)
    clock.tick(100)
    screen.say('said')
    screen.say('said again')
    expect(visible(stream.text)).to.deep.equal(['said', 'said again', 'one  connecting'])
  })

  it('shows nothing during an aside', async () => {
    const clock = intervalClock()
    const stream = new Sink(80)
    const screen = new Screen(stream, options)
    const row = screen.add('one', 50)
    clock.tick(100)
    await screen.aside(async () => {
      clock.tick(500)
      expect(visible(stream.text)).to.deep.equal([])
    })
    clock.tick(100)
    expect(visible(stream.text)).to.deep.equal(['one  connecting'])
    row.remove()
  })

  it('prints nothing that would move the cursor', () => {
    const stream = new Sink()
    new Screen(stream, options).say('HTTP/1.1 200 \u009b2J\u001b[1A')
    expect(stream.text).to.equal('HTTP/1.1 200 \ufffd2J\ufffd[1A\n')
  })

  it('never hides the cursor', () => {
    const clock = intervalClock()
    const stream = new Sink(80)
    const row = new Screen(stream, options).add('one', 50)
    clock.tick(100)
    row.remove()
    expect(stream.text).to.include('one').and.not.include('\u001b[?25l')
  })

  for (const [name, stream, bars] of [
    ['in a pipe', new Sink(), false],
    ['without progress bars', new Sink(80), false],
  ] as const) {
    it(`shows nothing ${name} except messages`, () => {
      const clock = intervalClock()
      const screen = new Screen(stream, { ...options, progress: bars })
      const row = screen.add('one', 50)
      row.progress = half
      clock.tick(1000)
      screen.say('said')
      row.remove()
      expect(stream.text).to.equal('said\n')
    })
  }
})
