import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { ContentInput } from '../../lib/content/content.ts'
import { fromFile } from '../../lib/content/file.ts'
import type { ResumeToken } from '../../lib/report/report.ts'
import { chunksOf, sha256 } from '../support/contents.ts'
import { temporaryFile } from '../support/files.ts'
import {
  content,
  failed,
  faults,
  plainHttp,
  sent,
  ways,
  withoutDelay,
} from '../support/resumable.ts'

const resume = { ...withoutDelay, digest: 'sha-256' } as const
const wanted = reprDigest('sha-256')
const cut = faults({ after: 1_000_000, with: 'reset' }, null, { after: 500_000, with: 'reset' })

function reprDigest(algorithm: 'sha-256' | 'sha-512'): string {
  const digest = createHash(algorithm.replace('-', '')).update(content).digest('base64')
  return `${algorithm}=:${digest}:`
}

/** Each kind can be created several times. */
const kinds: readonly (readonly [name: string, prepare: () => () => ContentInput])[] = [
  ['a Buffer', () => () => content],
  ['a file', () => fileAgain(temporaryFile(content))],
  ['a function', () => () => () => chunksOf(content, 50)],
  ['a function that uses its start offset', () => () => from],
  ['a stream', () => () => Readable.from(chunksOf(content, 50))],
]

function fileAgain(path: string): () => ContentInput {
  return () => fromFile(path)
}

function from({ start }: { start: number }): Iterable<Uint8Array> {
  return chunksOf(content.subarray(start), 50)
}

describe('the digest of a resumable upload', () => {
  for (const way of ways) {
    it(`is that of the whole content, over all attempts: ${way.name}`, async () => {
      const origin = await way.open({ fault: cut })
      const { report } = await sent(origin, { resume })
      expect(report).to.include({ status: 201, outcome: 'resumed', digest: wanted })
    })
  }

  for (const [name, prepare] of kinds) {
    it(`is that of ${name}`, async () => {
      const origin = await plainHttp.open({ fault: cut })
      const { report } = await sent(origin, { resume, replayWindow: 10_000_000 }, prepare()())
      expect(report).to.include({ status: 201, outcome: 'resumed', digest: wanted })
    })

    it(`is that of ${name} when another process resumes the upload`, async () => {
      const make = prepare()
      const origin = await plainHttp.open({ fault: faults({ after: 1_000_000, with: 503 }) })
      const first = await sent(origin, { resume: { attempts: 0 } }, make())
      const token = first.report.resume as ResumeToken
      const { report } = await sent(origin, { resume: { ...token, ...resume } }, make())
      expect(report).to.include({ status: 201, digest: wanted })
      expect(report.attempts.at(-1)).to.include({ offset: 1_000_000 })
    })
  }

  it('is requested in the request that creates the upload, and in appends', async () => {
    const origin = await plainHttp.open({ fault: cut })
    await sent(origin, { resume })
    for (const { headers } of origin.requests)
      expect(headers).to.include({ 'want-repr-digest': 'sha-256=10' })
  })

  it('is not requested without the option', async () => {
    const origin = await plainHttp.open()
    const { report } = await sent(origin)
    expect(origin.requests[0]?.headers).to.not.have.property('want-repr-digest')
    expect(report).to.not.have.property('digest')
  })

  it('keeps a Want-Repr-Digest of the caller', async () => {
    const origin = await plainHttp.open()
    const headers = { 'Want-Repr-Digest': 'sha-256=3, sha-512=1' }
    const { report } = await sent(origin, { resume, headers })
    expect(origin.requests[0]?.headers).to.include({
      'want-repr-digest': headers['Want-Repr-Digest'],
    })
    expect(report).to.include({ digest: wanted })
  })

  it('fails the upload when the origin has another one', async () => {
    const origin = await plainHttp.open({
      fault: cut,
      alter: (fields) => ({
        ...fields,
        ...('repr-digest' in fields && { 'repr-digest': 'sha-256=:AAAA:' }),
      }),
    })
    const tokens: unknown[] = []
    const options = { resume: { ...resume, onToken: (token: unknown) => tokens.push(token) } }
    const error = await failed(origin, options)
    expect(error.code).to.equal('ERR_EXPECT_RESUME_DIGEST')
    expect(tokens.at(-1)).to.equal(null)
    expect(origin.requests.map(({ method }) => method)).to.not.include('DELETE')
  })

  it('fails an upload without interruption whose 104 did not arrive', async () => {
    const origin = await plainHttp.open({
      alter: (fields, status) =>
        status === 104 ? null : { ...fields, 'repr-digest': 'sha-256=:AAAA:' },
    })
    expect((await failed(origin, { resume })).code).to.equal('ERR_EXPECT_RESUME_DIGEST')
  })

  it('may be a sha-512 among others', async () => {
    const both = `${reprDigest('sha-512')}, sha-256=:AAAA:`
    const origin = await plainHttp.open({
      fault: cut,
      alter: (fields, status) => (status === 201 ? { ...fields, 'repr-digest': both } : fields),
    })
    const { report } = await sent(origin, { resume: { ...withoutDelay, digest: 'sha-512' } })
    expect(report).to.include({ status: 201, digest: reprDigest('sha-512') })
  })

  for (const [what, field] of [
    ['none', undefined],
    ['one of another algorithm', 'sha-512=:AAAA:'],
    ['a value that is not a Byte Sequence', 'sha-256=abc'],
    ['a field that is not a Dictionary', 'sha-256=:AAAA'],
  ] as const) {
    it(`is not in the report when the origin sends ${what}`, async () => {
      const origin = await plainHttp.open({
        alter: ({ 'repr-digest': _own, ...fields }, status) =>
          status === 201 && field !== undefined ? { ...fields, 'repr-digest': field } : fields,
      })
      const { report } = await sent(origin, { resume })
      expect(report).to.include({ status: 201 }).and.not.have.property('digest')
    })
  }

  it('is not compared with that of an origin that does not support resumption', async () => {
    const origin = await plainHttp.open({
      versions: [],
      alter: ({ 'upload-complete': _flag, ...fields }) => ({
        ...fields,
        'repr-digest': 'sha-256=:AAAA:',
      }),
    })
    const { report } = await sent(origin, { resume })
    expect(report).to.include({ status: 201 }).and.not.have.property('digest')
  })

  it('is not compared after a part other than the last one', async () => {
    const origin = await plainHttp.open({
      limit: 'max-append-size=1000000',
      alter: ({ 'upload-complete': flag, ...fields }, status, { method }) =>
        method === 'PATCH' && status === 204
          ? { ...fields, 'repr-digest': 'sha-256=:AAAA:' }
          : { ...fields, ...(flag !== undefined && { 'upload-complete': flag }) },
    })
    const { report } = await sent(origin, { resume })
    expect(report).to.include({ status: 201, digest: wanted })
  })

  for (const [name, from] of [
    ['bytes', (byte: number) => Buffer.alloc(content.length, byte)],
    ['an iterable', (byte: number) => chunksOf(Buffer.alloc(content.length, byte), 50)],
  ] as const) {
    it(`is that of the last attempt if a function returns different ${name}`, async () => {
      const origin = await plainHttp.open({
        fault: faults({ after: 1_000_000, with: 503 }),
        alter: (fields, status) => (status === 104 ? null : fields),
      })
      let made = 0
      const make = (): Buffer | Buffer[] => {
        made += 1
        return from(made)
      }
      const { report } = await sent(origin, { resume, retry: { minDelay: 0 } }, make)
      expect(report).to.include({ status: 201 }).and.to.have.property('digest')
      expect(origin.uploads[1]).to.include({ sha256: sha256(Buffer.alloc(content.length, 2)) })
    })
  }

  it('must be a known algorithm', async () => {
    const origin = await plainHttp.open()
    const bad = { resume: { digest: 'md5' } } as unknown as { resume: { digest: 'sha-256' } }
    expect(await failed(origin, bad))
      .to.be.instanceOf(TypeError)
      .with.property('message')
      .that.includes("'resume.digest' must be 'sha-256' or 'sha-512', not 'md5'")
  })
})
