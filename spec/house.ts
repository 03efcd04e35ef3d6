import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// Prints the rooms of lib with their lines and imports, and fails where an import does not run down.

const lib = fileURLToPath(new URL('../lib', import.meta.url))

/** Each line is a floor; imports run down. */
const floors: readonly (readonly string[])[] = [
  ['cli'],
  ['index', 'adapters'],
  ['client'],
  ['recovery'],
  ['upload'],
  ['content', 'proxy', 'options'],
  ['connection', 'report', 'routes', 'testing'],
  ['protocol', 'errors', 'headers', 'unknown', 'runtime'],
]

interface Room {
  files: number
  lines: number
  readonly to: Map<string, number>
}

const floorOf = (room: string): number => {
  const floor = floors.findIndex((rooms) => rooms.includes(room))
  if (floor === -1) throw new Error(`lib/${room} has no floor; add it to spec/house.ts`)
  return floor
}

const roomOf = (path: string): string => {
  const [room = ''] = relative(lib, path).split('/')
  return room.replace(/\.ts$/, '')
}

const rooms = new Map<string, Room>()
const wrong: string[] = []
for (const name of readdirSync(lib, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.ts')) continue
  const path = join(lib, name)
  const text = readFileSync(path, 'utf8')
  const from = roomOf(path)
  const room = rooms.get(from) ?? { files: 0, lines: 0, to: new Map() }
  rooms.set(from, room)
  room.files += 1
  room.lines += text.split('\n').length - 1
  for (const [, target = ''] of text.matchAll(/(?:from|import) '(\.[^']+)'/g)) {
    const to = roomOf(normalize(join(dirname(path), target)))
    if (to === from) continue
    room.to.set(to, (room.to.get(to) ?? 0) + 1)
    if (floorOf(to) <= floorOf(from)) wrong.push(`lib/${name} imports ${target}`)
  }
}

const all = [...rooms].sort(([one], [other]) => floorOf(one) - floorOf(other))
console.table(
  Object.fromEntries(
    all.map(([name, { files, lines, to }]) => {
      const arrows = [...to].map(([room, count]) => `${room} ${count}`).join(', ')
      return [name, { floor: floors.length - 1 - floorOf(name), files, lines, arrows }]
    }),
  ),
)
const lines = all.reduce((sum, [, room]) => sum + room.lines, 0)
const arrows = all.reduce((sum, [, { to }]) => sum + to.size, 0)
console.log(`${lines} lines, ${arrows} arrows between rooms, ${wrong.length} of them not down`)
for (const each of wrong) console.error(each)
process.exitCode = wrong.length === 0 ? 0 : 1
