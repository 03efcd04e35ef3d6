/** How axios is to write parameters into a query. */
export interface ParamsSerializer {
  encode?: ((value: string, encoder: (value: string) => string) => string) | undefined
  serialize?: ((params: Record<string, unknown>, options?: never) => string) | undefined
  indexes?: boolean | null | undefined
  dots?: boolean | undefined
}

/** What axios makes a URL of. */
export interface UrlParts {
  url?: string | undefined
  baseURL?: string | undefined
  allowAbsoluteUrls?: boolean | undefined
  params?: unknown
  paramsSerializer?: ParamsSerializer | ((params: never) => string) | undefined
}

/** Builds the URL that axios itself would. */
export function urlOf(parts: UrlParts): URL {
  const { params } = parts
  const url = joined(parts)
  const query = params ? queryOf(params, parts.paramsSerializer) : ''
  if (query === '') return new URL(url)
  const [bare = ''] = url.split('#', 1)
  return new URL(`${bare}${bare.includes('?') ? '&' : '?'}${query}`)
}

function joined({ url = '', baseURL, allowAbsoluteUrls }: UrlParts): string {
  const absolute = /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url)
  if (!baseURL || (absolute && allowAbsoluteUrls !== false)) return url
  return url === '' ? baseURL : `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`
}

function queryOf(params: unknown, given: UrlParts['paramsSerializer']): string {
  const options: ParamsSerializer =
    typeof given === 'function' ? { serialize: given as () => string } : { ...given }
  if (options.serialize) return options.serialize(params as Record<string, unknown>)
  if (params instanceof URLSearchParams) return params.toString()
  const { encode } = options
  const write = encode === undefined ? encoded : (value: string) => encode(value, encoded)
  return [...pairsOf(params, [], options)]
    .map(([name, value]) => `${write(name)}=${write(value)}`)
    .join('&')
}

const deepest = 100

/** The leaves of nested parameters, with names such as `a[b]` and `a[]`, as axios writes them. */
function* pairsOf(
  value: unknown,
  path: readonly string[],
  options: ParamsSerializer,
): Generator<[string, string]> {
  if (path.length > deepest) throw new TypeError(`Parameters are nested deeper than ${deepest}`)
  const atTop = path.length === 0
  for (const [key, member] of Object.entries(value as object)) {
    if (member === undefined || member === null) continue
    const name = [...path, key]
    if (atTop && typeof member === 'object' && key.endsWith('{}')) {
      yield [key, JSON.stringify(member)]
    } else if (atTop && Array.isArray(member) && !member.some(isNested)) {
      yield* listOf(key, member, options)
    } else if (isNested(member)) yield* pairsOf(member, name, options)
    else yield [render(name, options), textOf(member)]
  }
}

function* listOf(
  key: string,
  list: readonly unknown[],
  options: ParamsSerializer,
): Generator<[string, string]> {
  const bare = withoutBrackets(key)
  for (const [index, each] of list.entries()) {
    if (each === undefined || each === null) continue
    if (options.indexes === true) yield [render([bare, String(index)], options), textOf(each)]
    else yield [options.indexes === null ? bare : `${bare}[]`, textOf(each)]
  }
}

function render(path: readonly string[], { dots }: ParamsSerializer): string {
  if (path.length === 1) return path[0] ?? ''
  const [first = '', ...rest] = path.map(withoutBrackets)
  return first + rest.map((each) => (dots ? `.${each}` : `[${each}]`)).join('')
}

function withoutBrackets(key: string): string {
  return key.endsWith('[]') ? key.slice(0, -2) : key
}

/** Whether axios looks into it; instances of classes become text. */
function isNested(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || prototype === Object.prototype
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}

/** As encodeURIComponent, but for a few characters that axios leaves as they are. */
function encoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/%3A/g, ':')
    .replace(/%24/g, '$')
    .replace(/%2C/g, ',')
    .replace(/%20/g, '+')
}
