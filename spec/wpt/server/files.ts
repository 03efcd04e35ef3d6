import { readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Answer, Lines } from './answer.ts'
import type { Call } from './call.ts'
import { type Ports, type Query, substitute } from './site.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.txt': 'text/plain',
}

/** Reads a test or one of its scripts, with the server's substitutions. */
export function readScript(folder: string, path: string, ports: Ports, query: Query): string {
  const file = join(folder, path)
  // Fails the page, but not the whole run.
  if (!statSync(file, { throwIfNoEntry: false })) return `throw new Error('There is no ${path}')`
  const text = readFileSync(file, 'utf8')
  return path.includes('.sub.') ? substitute(text, ports, query) : text
}

/** Serves a file as the suite's own server does, with its `.headers` and the query's pipes. */
export function serveFile(folder: string, call: Call): Answer {
  const file = join(folder, call.path)
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isDirectory()) return { headers: [['content-type', 'text/html']] }
  if (!found) return { status: 404, content: 'There is no such file' }
  const content = readFileSync(file)
  // Such a file is a whole response.
  if (file.endsWith('.asis')) return { raw: content }
  const type: Lines = [['Content-Type', types[extname(file)] ?? 'application/octet-stream']]
  return piped(content, [...replaced(type, linesOf(`${file}.headers`))], call)
}

function linesOf(file: string): Lines {
  if (!statSync(file, { throwIfNoEntry: false })) return []
  const lines = readFileSync(file, 'utf8').split(/\r?\n/)
  return lines.flatMap((line) => {
    const at = line.indexOf(':')
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1).trim()] as const] : []
  })
}

/** Applies the `pipe` of the query, such as `header(Name,value)|status(404)`. */
function piped(content: Buffer, headers: Lines, { query, ports }: Call): Answer {
  let status = 200
  let bytes = content
  let lines = headers
  for (const pipe of (query.get('pipe') ?? '').split('|')) {
    const [, name, list = ''] = /^(\w+)(?:\((.*)\))?$/s.exec(pipe) ?? []
    const [first = '', second = ''] = list.split(',').map((argument) => argument.trim())
    if (name === 'status') status = Number(first)
    if (name === 'sub') bytes = Buffer.from(substitute(bytes.toString('utf8'), ports, query))
    if (name === 'header') lines = replaced(lines, [[first, second]])
  }
  // Node writes no final response with such a status.
  if (status < 200) return { raw: `HTTP/1.1 ${status} Interim\r\n\r\n${bytes.toString('latin1')}` }
  return { status, headers: lines, content: bytes }
}

function replaced(lines: Lines, by: Lines): Lines {
  const names = new Set(by.map(([name]) => name.toLowerCase()))
  return [...lines.filter(([name]) => !names.has(name.toLowerCase())), ...by]
}
