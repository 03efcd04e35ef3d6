import { expect } from 'chai'
import { startChild } from '../support/child.ts'

describe('an agent that asked over TLS', () => {
  for (const [allowH2, version] of [
    ['true', 'HTTP/2'],
    ['false', 'HTTP/1.1'],
  ]) {
    for (const how of ['close', 'destroy']) {
      it(`is free once it was ended with ${how}(), over ${version}`, async () => {
        const child = startChild(
          'freed.ts',
          [allowH2 ?? '', how],
          [process.execPath, '--expose-gc'],
        )
        expect((await child.printed).trim()).to.equal('0')
      })
    }
  }
})
