import { expect } from 'chai'
import { ChallengeLimit } from '../../../lib/recovery/authentication/challenge-limit.ts'
import type { HttpRequest } from '../../../lib/upload/http-request.ts'

function to(path: string, origin = 'http://uploads.example'): HttpRequest {
  return { origin, path, method: 'PUT', headers: [], hasContent: true }
}

/** Which of these challenges may be answered; each value says whether it is stale. */
function granted(turns: ChallengeLimit, ...stale: boolean[]): boolean[] {
  return stale.map((each) => turns.take(each))
}

describe('ChallengeLimit', () => {
  it('allows one answer', () => {
    expect(granted(new ChallengeLimit(), false, false, false)).to.deep.equal([true, false, false])
  })

  it('allows one more for a stale nonce', () => {
    expect(granted(new ChallengeLimit(), false, true, true, false)).to.deep.equal([
      true,
      true,
      false,
      false,
    ])
  })

  it('allows an answer after a stale nonce', () => {
    expect(granted(new ChallengeLimit(), true, false, true)).to.deep.equal([true, true, false])
  })

  it('starts again for another target', () => {
    const turns = new ChallengeLimit()
    turns.begin(to('/a'))
    expect(granted(turns, false, true)).to.deep.equal([true, true])
    for (const httpRequest of [to('/b'), to('/b?c'), to('/b?c', 'https://uploads.example')]) {
      turns.begin(httpRequest)
      expect(granted(turns, false, true, false)).to.deep.equal([true, true, false])
    }
  })

  it('continues for the same target', () => {
    const turns = new ChallengeLimit()
    turns.begin(to('/a'))
    turns.take(false)
    turns.begin(to('/a'))
    expect(turns.take(false)).to.equal(false)
  })
})
