import type { CandidateName, ContentKind } from './job.ts'
import type { Case, Goal, Row, Section } from './section.ts'

const kibibyte = 1024
const mebibyte = 1024 * kibibyte
const gibibyte = 1024 * mebibyte

/**
 * Uploads after which V8 has compiled the code of an upload: with --trace-opt, undici's part takes 3,000 and this
 * package's 7,000. Files are slow to read for some clients, so they get fewer.
 */
const compiled = 7000
const compiledForFiles = 3000

/** The first uploads of a process, a warm-up, and the same uploads again. */
function bothWays(row: Row, warmUp: Omit<Row, 'name'>, again: Partial<Row>): Row[] {
  return [{ ...row, condition: 'first' }, warmUp, { ...row, ...again, condition: 'compiled' }]
}

const streaming = ['buffer', 'generator', 'file'] as const
type Streaming = (typeof streaming)[number]

/** The candidates for each kind of content. */
const peers: Record<Streaming, readonly CandidateName[]> = {
  buffer: ['upload', 'dispatcher', 'undici', 'http', 'raw'],
  generator: ['upload', 'dispatcher', 'undici', 'http', 'raw'],
  file: ['upload', 'dispatcher', 'undici', 'http', 'http-piped', 'curl'],
}

const smallName = (kind: ContentKind): string => `1 MiB at 4 at a time, ${kind}`
const photosName = '4 MiB at 8 at a time, file'
const mediumName = (kind: ContentKind): string => `64 MiB, ${kind}`
const largeName = (kind: ContentKind): string => `1 GiB, ${kind}`

const small = (kind: Streaming): Case => ({
  play: 'go',
  kind,
  rows: bothWays(
    { name: smallName(kind), size: mebibyte, uploads: 300, parallel: 4 },
    { size: mebibyte, uploads: kind === 'file' ? compiledForFiles : compiled, parallel: 4 },
    { uploads: 900 },
  ),
  candidates: kind === 'buffer' ? [...peers.buffer, 'fetch'] : peers[kind],
})

const photos: Case = {
  play: 'go',
  kind: 'file',
  rows: bothWays(
    { name: photosName, size: 4 * mebibyte, uploads: 64, parallel: 8 },
    { size: mebibyte, uploads: compiledForFiles, parallel: 8 },
    { uploads: 192 },
  ),
  candidates: peers.file,
}

const medium = (kind: Streaming): Case => ({
  play: 'go',
  kind,
  rows: bothWays(
    { name: mediumName(kind), size: 64 * mebibyte, uploads: 8 },
    { size: mebibyte, uploads: 300 },
    { uploads: 16 },
  ),
  candidates: peers[kind],
})

const large = (kind: Streaming): Case => ({
  play: 'go',
  kind,
  rows: bothWays(
    { name: largeName(kind), size: gibibyte, uploads: 1 },
    { size: mebibyte, uploads: 300 },
    { uploads: 2 },
  ),
  candidates: peers[kind],
})

const both: readonly CandidateName[] = ['upload', 'dispatcher']
const bulk = ['buffer', 'generator'] as const
const bulkNames = [...bulk.map(mediumName), ...bulk.map(largeName)]

const rate = (
  rows: readonly string[],
  per: CandidateName,
  atLeast: number,
  ours: readonly CandidateName[] = ['upload'],
): Goal => ({ metric: 'rate', rows, ours, per, atLeast })

const acceptedGoals: readonly Goal[] = [
  rate([smallName('buffer')], 'undici', 1),
  rate([smallName('generator')], 'undici', 2),
  rate([smallName('file')], 'undici', 2.5),
  rate([smallName('file')], 'http', 2.5),
  rate([smallName('file')], 'http-piped', 2.5),
  rate([smallName('file')], 'curl', 0.8),
  rate([photosName], 'undici', 2.5),
  rate([photosName], 'curl', 1),
  rate(bulkNames, 'undici', 1),
  rate([mediumName('generator'), largeName('generator')], 'raw', 0.95),
  rate([mediumName('file')], 'curl', 1.1),
  rate([largeName('file')], 'curl', 1.3),
  rate(
    [...streaming.map(smallName), photosName, ...bulkNames, mediumName('file'), largeName('file')],
    'upload',
    0.9,
    ['dispatcher'],
  ),
  { metric: 'cpu', rows: [largeName('generator')], ours: ['upload'], per: 'undici', atMost: 1 },
  { metric: 'cpu', rows: [largeName('file')], ours: ['upload'], per: 'undici', atMost: 0.25 },
]

const accepted: Section = {
  name: 'accepted',
  title: 'Accepted with the go-ahead',
  text: 'The origin answers 100 to the expectation, and 201 after the content.',
  columns: ['rate', 'cpu', 'peak'],
  compared: 'rate',
  plots: [{ metric: 'rate' }],
  cases: [...streaming.map(small), photos, ...streaming.map(medium), ...streaming.map(large)],
  goals: acceptedGoals,
}

const clients: Section = {
  name: 'clients',
  title: 'Beside every client',
  text: 'The first uploads of a process, with common clients for Node. Only ours, node:http by hand and smithy send an expectation.',
  columns: ['rate', 'cpu', 'peak'],
  compared: 'rate',
  plots: [{ metric: 'rate' }],
  cases: bulk.map((kind) => ({
    play: 'go',
    kind,
    rows: [
      {
        name: `1 MiB × 300 at 4 at a time, ${kind}`,
        condition: 'first',
        size: mebibyte,
        uploads: 300,
        parallel: 4,
      },
      { name: `64 MiB × 4, ${kind}`, condition: 'compiled', size: 64 * mebibyte, uploads: 4 },
    ],
    candidates: ['upload', 'undici', 'http', 'axios', 'got', 'node-fetch', 'smithy'],
  })),
  goals: [],
}

const refusedName = (status: number, kind: ContentKind): string => `${status} to 100 MiB, ${kind}`

const refusal = (status: number, kind: ContentKind): Case => ({
  play: String(status),
  kind,
  rows: bothWays(
    { name: refusedName(status, kind), size: 100 * mebibyte, uploads: 100 },
    { size: 100 * mebibyte, uploads: 2000 },
    { uploads: 300 },
  ),
  status,
  complete: false,
  candidates: ['upload', 'dispatcher', 'http', 'smithy', 'raw'],
})

const waste = (kind: ContentKind): Case => ({
  play: '413',
  kind,
  rows: [
    {
      name: `413 to 100 MiB without a wait, ${kind}`,
      condition: 'first',
      size: 100 * mebibyte,
      uploads: 5,
    },
  ],
  status: 413,
  complete: false,
  candidates: ['upload', 'undici'],
})

const refusals = [413, 401].flatMap((status) => bulk.map((kind) => [status, kind] as const))
const refusedNames = refusals.map(([status, kind]) => refusedName(status, kind))

const refused: Section = {
  name: 'refused',
  title: 'Refused',
  text: 'The origin answers 413 or 401 as soon as it has the head. The numbers are the time to that response, and the content that was sent in vain. No credentials are given.',
  columns: ['time', 'content', 'cpuEach'],
  compared: 'time',
  plots: [{ metric: 'time' }, { metric: 'content' }],
  cases: [...refusals.map((each) => refusal(...each)), ...bulk.map(waste)],
  goals: [
    { metric: 'time', rows: refusedNames, ours: both, per: 'http', atMost: 1.2 },
    { metric: 'content', rows: refusedNames, ours: both, atMost: 0 },
  ],
}

const everyKind: readonly ContentKind[] = [
  'buffer',
  'generator',
  'file',
  'string',
  'blob',
  'form',
  'stream',
  'web stream',
]

const replayedName = (kind: ContentKind): string => `417, then 64 MiB, ${kind}`

const replay = (kind: ContentKind): Case => ({
  play: '417',
  kind,
  rows: bothWays(
    { name: replayedName(kind), size: 64 * mebibyte, uploads: 4 },
    { size: mebibyte, uploads: 300 },
    { uploads: 8 },
  ),
  memory: false,
  complete: kind !== 'form',
  candidates:
    kind === 'buffer' || kind === 'generator' ? ['upload', 'http', 'raw'] : ['upload', 'http'],
})

const replayed: Section = {
  name: 'replayed',
  title: '417 and replay',
  text: 'The origin answers 417 to every expectation, and 201 after content without one. Our candidates have no route memory; with one, they would send no further expectation.',
  columns: ['time', 'rate', 'cpu'],
  compared: 'time',
  plots: [{ metric: 'rate' }],
  cases: everyKind.map(replay),
  goals: [
    { metric: 'time', rows: everyKind.map(replayedName), ours: ['upload'], per: 'http', atMost: 1 },
  ],
}

const silent: Section = {
  name: 'silent',
  title: 'Silent origin',
  text: 'The origin sends no 100. The numbers are the time from the head to the content, for the first upload of a process, and for the second and later ones. The handwritten expectation waits 1000 ms each time.',
  columns: ['firstWait', 'laterWait', 'time'],
  compared: null,
  plots: [],
  cases: [
    {
      play: 'silent',
      kind: 'buffer',
      rows: [
        {
          name: 'three uploads of 1 MiB, one after another',
          condition: 'first',
          size: mebibyte,
          uploads: 3,
        },
      ],
      candidates: ['upload', 'dispatcher', 'undici', 'http'],
    },
  ],
  goals: [],
}

const postsName = (size: number, face: string): string => `posts of ${size} KiB, ${face}`

const posts = (
  size: number,
  face: 'request' | 'fetch',
  uploads: number,
  candidates: readonly CandidateName[],
): Case => ({
  play: 'go',
  method: 'POST',
  kind: 'buffer',
  rows: bothWays(
    { name: postsName(size, face), size: size * kibibyte, uploads: 300, parallel: 16 },
    { size: size * kibibyte, uploads: 4 * uploads, parallel: 16 },
    { uploads },
  ),
  candidates,
})

const below: Section = {
  name: 'below',
  title: 'Below the threshold',
  text: 'Posts of buffers, 16 at a time, below the threshold: the cost of this package without an expectation.',
  columns: ['requests', 'cpuEach'],
  compared: 'requests',
  plots: [{ metric: 'requests' }],
  cases: [
    posts(1, 'request', 10_000, ['dispatcher', 'undici', 'upload']),
    posts(1, 'fetch', 5000, ['fetch', 'undici-fetch']),
    posts(64, 'request', 6000, ['dispatcher', 'undici', 'upload']),
    posts(64, 'fetch', 4000, ['fetch', 'undici-fetch']),
  ],
  goals: [1, 64].flatMap((size): Goal[] => {
    const [request, fetch] = [postsName(size, 'request'), postsName(size, 'fetch')]
    return [
      { metric: 'requests', rows: [request], ours: ['dispatcher'], per: 'undici', atLeast: 1 },
      { metric: 'requests', rows: [request], ours: ['upload'], per: 'undici', atLeast: 0.85 },
      { metric: 'requests', rows: [fetch], ours: ['fetch'], per: 'undici-fetch', atLeast: 1 },
    ]
  }),
}

const neverName = (kind: ContentKind): string => `expect 'never', 1 MiB at 4 at a time, ${kind}`

const never: Section = {
  name: 'never',
  title: "expect: 'never'",
  text: "Uploads through an ExpectAgent with expect: 'never' against undici's own Agent.",
  columns: ['rate', 'cpuEach'],
  compared: 'rate',
  plots: [],
  cases: bulk.map((kind) => ({
    play: 'go',
    kind,
    rows: bothWays(
      { name: neverName(kind), size: mebibyte, uploads: 300, parallel: 4 },
      { size: mebibyte, uploads: compiled, parallel: 4 },
      { uploads: 900 },
    ),
    candidates: ['never', 'undici'],
  })),
  goals: [rate(bulk.map(neverName), 'undici', 1, ['never'])],
}

const manyName = (parallel: number): string => `${parallel} at a time, 1 MiB, buffer`
const atATime = [
  [1, 300],
  [10, 500],
  [100, 500],
  [500, 1000],
] as const

const many: Section = {
  name: 'many',
  title: 'Many at a time',
  text: `One process makes uploads of 1 MiB from one buffer, 1 to 500 at a time, each over a connection of its own; ${compiled.toLocaleString('en')} are made before, 10 at a time. undici sends no expectation; the bare socket shows the lowest cost of one.`,
  columns: ['time', 'cpuEach', 'peak', 'peakEach'],
  compared: 'time',
  plots: [{ metric: 'time', axis: 'uploads at a time' }],
  cases: [
    {
      play: 'go',
      kind: 'buffer',
      rows: [
        { size: mebibyte, uploads: compiled, parallel: 10 },
        ...atATime.map(
          ([parallel, uploads]): Row => ({
            name: manyName(parallel),
            condition: 'compiled',
            at: parallel,
            size: mebibyte,
            uploads,
            parallel,
          }),
        ),
      ],
      candidates: ['upload', 'dispatcher', 'undici', 'raw'],
    },
  ],
  goals: [
    {
      metric: 'time',
      rows: atATime.map(([parallel]) => manyName(parallel)),
      ours: both,
      per: 'undici',
      atMost: 1.1,
    },
    { metric: 'peakEach', rows: [manyName(100)], ours: both, per: 'undici', atMost: 0.5 },
  ],
}

const sizes = [
  ['16 MiB', 16 * mebibyte],
  ['64 MiB', 64 * mebibyte],
  ['256 MiB', 256 * mebibyte],
  ['1 GiB', gibibyte],
  ['4 GiB', 4 * gibibyte],
] as const
const sizedName = (name: string): string => `one upload of ${name}, generator`

const memory: Section = {
  name: 'memory',
  title: 'Memory, 16 MiB to 4 GiB',
  text: 'One upload after another, each larger, in a process that has made three hundred of 1 MiB: the highest resident size above that before the upload.',
  columns: ['peak', 'cpu', 'rate'],
  compared: null,
  plots: [{ metric: 'peak', axis: 'MiB' }],
  cases: [
    {
      play: 'go',
      kind: 'generator',
      rows: [
        { size: mebibyte, uploads: 300 },
        ...sizes.map(
          ([name, size]): Row => ({
            name: sizedName(name),
            condition: 'compiled',
            at: size / mebibyte,
            size,
            uploads: 1,
          }),
        ),
      ],
      candidates: ['upload', 'undici', 'http'],
    },
  ],
  goals: [
    { metric: 'peak', rows: sizes.map(([name]) => sizedName(name)), ours: ['upload'], atMost: 16 },
  ],
}

const origin: Section = {
  name: 'origin',
  title: 'The origin',
  text: 'The fastest client, a bare socket, uploads buffers; the origin must not be busy all the time.',
  columns: ['rate', 'client', 'origin'],
  compared: null,
  plots: [],
  cases: [
    {
      play: 'go',
      kind: 'buffer',
      rows: [{ name: '64 MiB × 16, buffer', condition: 'first', size: 64 * mebibyte, uploads: 16 }],
      candidates: ['raw'],
    },
  ],
  goals: [],
}

/** The name of the section without uploads, and of its row. */
export const importName = 'import'

const imports: Section = {
  name: importName,
  title: 'Import',
  text: "The cost of import() of this package beyond import('undici'), in a process of its own.",
  columns: ['importTime', 'importMemory'],
  compared: null,
  plots: [],
  cases: [],
  goals: [
    { metric: 'importTime', rows: [importName], ours: ['upload'], atMost: 20 },
    { metric: 'importMemory', rows: [importName], ours: ['upload'], atMost: 6 },
  ],
}

/** In the order of the report. */
export const sections: readonly Section[] = [
  origin,
  accepted,
  clients,
  refused,
  replayed,
  silent,
  below,
  never,
  many,
  memory,
  imports,
]
