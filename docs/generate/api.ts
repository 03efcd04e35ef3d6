import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ExportedDeclarations, type JSDoc, type JSDocTag, Node, Project } from 'ts-morph'

export interface MadePage {
  /** Below docs/. */
  readonly path: string
  readonly text: string
}

/** An exported name. */
interface Exported {
  readonly name: string
  readonly declaration: ExportedDeclarations
}

/** A page for each entry point of the package, from its doc comments. */
export function apiPages(root: URL): MadePage[] {
  const project = new Project({ tsConfigFilePath: fileURLToPath(new URL('tsconfig.json', root)) })
  return entriesOf(root).map(([entry, source]) => {
    const file = project.getSourceFileOrThrow(fileURLToPath(new URL(source, root)))
    const exported = [...file.getExportedDeclarations()].flatMap(([name, [declaration]]) =>
      declaration === undefined ? [] : [{ name, declaration }],
    )
    exported.sort((one, other) => (one.name < other.name ? -1 : 1))
    return { path: `reference/api/${entry.replaceAll('/', '-')}.md`, text: pageOf(entry, exported) }
  })
}

/** The entry points of the package and their sources. */
function entriesOf(root: URL): (readonly [string, string])[] {
  const { name, exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  return Object.entries<string | { default: string }>(exports).flatMap(([key, target]) => {
    if (typeof target === 'string') return []
    const source = target.default.replace('./dist/', 'lib/').replace(/\.js$/, '.ts')
    return [[key.replace('.', name), source] as const]
  })
}

function pageOf(entry: string, exported: readonly Exported[]): string {
  const types = exported.filter(({ declaration }) => isType(declaration))
  const others = exported.filter(({ declaration }) => !isType(declaration))
  const names = new Set(exported.map(({ name }) => name))
  const part = (title: string, items: readonly Exported[]): string[] =>
    items.length === 0 ? [] : [`## ${title}`, ...items.map((item) => textOf(item, names))]
  return [
    `# ${entry.replaceAll('/', '/<wbr>')}`,
    `\`\`\`ts\nimport { ${others.map(({ name }) => name).join(', ')} } from '${entry}'\n\`\`\``,
    ...part('Values', others),
    ...part('Types', types),
  ].join('\n\n')
}

function isType(declaration: ExportedDeclarations): boolean {
  return Node.isInterfaceDeclaration(declaration) || Node.isTypeAliasDeclaration(declaration)
}

function textOf({ name, declaration }: Exported, names: ReadonlySet<string>): string {
  const members = membersOf(declaration).map((member) => memberText(name, member, names))
  return [
    `### ${name} {#${name}}`,
    `\`\`\`ts\n${signatureOf(declaration)}\n\`\`\``,
    proseOf(docsOf(declaration), names),
    ...members,
  ].join('\n\n')
}

function docsOf(node: Node): readonly JSDoc[] {
  const documented = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node
  return Node.isJSDocable(documented) ? documented.getJsDocs() : []
}

/** A declaration without its internals. */
function signatureOf(declaration: ExportedDeclarations): string {
  if (Node.isFunctionDeclaration(declaration)) return withoutBody(declaration)
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
    const list = (nodes: readonly Node[]): string => nodes.map((each) => each.getText()).join(', ')
    const parameters = list(declaration.getTypeParameters())
    const extended = list(declaration.getExtends())
    const generic = parameters === '' ? '' : `<${parameters}>`
    return `interface ${declaration.getName()}${generic}${extended && ` extends ${extended}`}`
  }
  if (Node.isVariableDeclaration(declaration)) {
    return `const ${declaration.getName()}: ${declaration.getTypeNode()?.getText() ?? 'unknown'}`
  }
  return withoutBody(declaration)
}

function withoutBody(node: Node): string {
  const body = Node.isBodied(node) || Node.isBodyable(node) ? node.getBody() : undefined
  const text = node.getText()
  const bare = body === undefined ? text : text.slice(0, text.lastIndexOf(body.getText()))
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
      const hidden = name.startsWith('#') || Node.isClassStaticBlockDeclaration(member)
      return !hidden && all.indexOf(member) === at
    },
  )
}

function memberText(owner: string, member: Node, names: ReadonlySet<string>): string {
  const name = Node.hasName(member) ? member.getName() : 'constructor'
  const signature = memberSignature(member)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('( ', '(')
    .replaceAll(', )', ')')
  const prose = proseOf(docsOf(member), names).trim().replaceAll('\n', '\n  ')
  const id = `${owner}.${name.replaceAll(/\W/g, '')}`
  return `- <a id="${id}"></a>\`${signature}\`\n\n  ${prose}`.trimEnd()
}

function memberSignature(member: Node): string {
  const overloads = Node.isMethodDeclaration(member) ? member.getOverloads() : []
  if (overloads.length > 0) return overloads.map(withoutModifiers).join('; ')
  if (!Node.isPropertyDeclaration(member)) return withoutModifiers(member)
  const value = member.getInitializer()?.getText()
  return withoutModifiers(member).replace(` = ${value}`, '')
}

function withoutModifiers(member: Node): string {
  return withoutBody(member).replace(/^(override )?(readonly )?/, '')
}

/** A doc comment, with its tags as sentences. */
function proseOf(docs: readonly JSDoc[], names: ReadonlySet<string>): string {
  return docs
    .map((doc) => {
      const tags = doc.getTags().map((tag) => sentenceOf(nameOf(tag), tag.getCommentText() ?? ''))
      return linked([doc.getDescription().trim(), ...tags].join('\n\n'), names)
    })
    .join('\n\n')
}

/** The name of a tag; for `@param`, of the parameter. */
function nameOf(tag: JSDocTag): string {
  return Node.isJSDocParameterTag(tag) ? `\`${tag.getName()}\`` : tag.getTagName()
}

function sentenceOf(tag: string, text: string): string {
  if (tag === 'default') return `Default: ${/^[\d'"[{]|^\w+$/.test(text) ? `\`${text}\`` : text}`
  if (tag === 'throws') return `Throws ${text}`
  if (tag === 'returns') return `Returns ${text}`
  return `${tag} ${text}`
}

function linked(text: string, names: ReadonlySet<string>): string {
  return text.replaceAll(/\{@link (\w+)\}/g, (_, name: string) =>
    names.has(name) ? `[\`${name}\`](#${name})` : `\`${name}\``,
  )
}
