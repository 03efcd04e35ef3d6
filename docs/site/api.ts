import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ExportedDeclarations, type JSDoc, Node, Project } from 'ts-morph'
import { codeBlock, escaped, htmlOf } from './markdown.ts'

/** What the package exports, from the doc comments, as HTML. */
export function apiBody(root: URL): string {
  const project = new Project({ tsConfigFilePath: fileURLToPath(new URL('tsconfig.json', root)) })
  const parts = entriesOf(root).map(([name, path]) => {
    const file = project.getSourceFileOrThrow(fileURLToPath(new URL(path, root)))
    const exported = [...file.getExportedDeclarations()].flatMap(([item, [declaration]]) =>
      declaration === undefined ? [] : [{ item, id: `${name}/${item}`, declaration }],
    )
    exported.sort((one, other) => rank(one) - rank(other) || (one.item < other.item ? -1 : 1))
    const links = exported.map(({ item, id }) => `<a href="#${id}">${item}</a>`)
    const items = exported.map(itemOf)
    return `<h2>${escaped(name)}</h2>\n<p>${links.join(', ')}</p>\n${items.join('\n')}`
  })
  return `<h1>API</h1>\n${parts.join('\n')}`
}

/** Something that is exported. */
interface Exported {
  readonly item: string
  readonly id: string
  readonly declaration: ExportedDeclarations
}

/** What can be called comes before what is only named. */
function rank({ declaration }: Exported): number {
  return Node.isInterfaceDeclaration(declaration) || Node.isTypeAliasDeclaration(declaration)
    ? 1
    : 0
}

/** The package's entry points and their sources. */
function entriesOf(root: URL): (readonly [string, string])[] {
  const { name, exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  return Object.entries<string | { default: string }>(exports).flatMap(([key, target]) => {
    if (typeof target === 'string') return []
    const source = target.default.replace('./dist/', 'lib/').replace(/\.js$/, '.ts')
    return [[key.replace('.', name), source] as const]
  })
}

function itemOf({ item, id, declaration }: Exported): string {
  const documented = Node.isVariableDeclaration(declaration)
    ? declaration.getVariableStatement()
    : declaration
  const docs = Node.isJSDocable(documented) ? documented.getJsDocs() : []
  const members = membersOf(declaration).map(memberOf)
  const list = members.length === 0 ? '' : `<dl>\n${members.join('\n')}\n</dl>\n`
  return `<h3 id="${id}">${item}</h3>\n${codeBlock(signatureOf(declaration))}${proseOf(docs)}${list}`
}

/** A declaration without what does not concern who uses it. */
function signatureOf(declaration: ExportedDeclarations): string {
  if (Node.isFunctionDeclaration(declaration)) {
    const body = declaration.getBody()?.getText() ?? ''
    return withoutBody(declaration.getText(), body)
  }
  if (Node.isClassDeclaration(declaration)) {
    const extended = declaration.getExtends()?.getText()
    const implemented = declaration.getImplements().map((each) => each.getText())
    const heritage = [
      extended && ` extends ${extended}`,
      ...implemented.map((each) => ` implements ${each}`),
    ]
    return `class ${declaration.getName()}${heritage.join('')}`
  }
  if (Node.isInterfaceDeclaration(declaration)) {
    const extended = declaration
      .getExtends()
      .map((each) => each.getText())
      .join(', ')
    const parameters = declaration
      .getTypeParameters()
      .map((each) => each.getText())
      .join(', ')
    const generic = parameters === '' ? '' : `<${parameters}>`
    return `interface ${declaration.getName()}${generic}${extended && ` extends ${extended}`}`
  }
  if (Node.isVariableDeclaration(declaration)) {
    return `const ${declaration.getName()}: ${declaration.getTypeNode()?.getText() ?? 'unknown'}`
  }
  return withoutBody(declaration.getText(), '')
}

function withoutBody(text: string, body: string): string {
  const bare = body === '' ? text : text.slice(0, text.lastIndexOf(body))
  return bare
    .replace(/^export /, '')
    .replace(/^async /, '')
    .trim()
}

function membersOf(declaration: ExportedDeclarations): Node[] {
  if (Node.isInterfaceDeclaration(declaration)) return declaration.getMembers()
  if (!Node.isClassDeclaration(declaration)) return []
  return [...declaration.getConstructors(), ...declaration.getMembers()].filter(
    (member, at, all) => {
      const name = Node.hasName(member) ? member.getName() : ''
      const hidden =
        name.startsWith('#') || name.startsWith('[') || Node.isClassStaticBlockDeclaration(member)
      return !hidden && all.indexOf(member) === at
    },
  )
}

function memberOf(member: Node): string {
  const docs = Node.isJSDocable(member) ? member.getJsDocs() : []
  const text = textOf(member).replaceAll(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(', )', ')')
  const signature = text.replace(/^(override )?(readonly )?/, '')
  return `<dt><code>${escaped(signature)}</code></dt>\n<dd>${proseOf(docs)}</dd>`
}

function textOf(member: Node): string {
  if (Node.isPropertyDeclaration(member)) {
    const value = member.getInitializer()?.getText()
    return value === undefined ? member.getText() : member.getText().replace(` = ${value}`, '')
  }
  const body = Node.isBodied(member) || Node.isBodyable(member) ? member.getBody() : undefined
  return withoutBody(member.getText(), body?.getText() ?? '')
}

/** A doc comment in HTML, its tags as sentences. */
function proseOf(docs: readonly JSDoc[]): string {
  return docs
    .map((doc) => {
      const tags = doc
        .getTags()
        .map((tag) => sentenceOf(tag.getTagName(), tag.getCommentText() ?? ''))
      return htmlOf(linked([doc.getDescription().trim(), ...tags].join('\n\n')))
    })
    .join('\n')
}

function sentenceOf(tag: string, text: string): string {
  if (tag === 'default') return `Default: ${/^[\d'"[{]|^\w+$/.test(text) ? `\`${text}\`` : text}`
  if (tag === 'throws') return `Throws ${text}`
  if (tag === 'returns') return `Returns ${text}`
  return `${tag} ${text}`
}

function linked(text: string): string {
  return text.replaceAll(/\{@link (\w+)\}/g, '`$1`')
}
