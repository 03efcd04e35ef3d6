interface Field {
  readonly name: string
  readonly value: string
}

/**
 * Header fields for the Azure SDK. Its current pipeline and the older one, which storage clients
 * still accept, have different names for the same methods.
 */
export class AzureHeaders implements Iterable<[string, string]> {
  readonly #fields = new Map<string, Field>()

  constructor(fields: Readonly<Record<string, string | string[] | undefined>> = {}) {
    for (const [name, value] of Object.entries(fields)) {
      const first = Array.isArray(value) ? value[0] : value
      if (first !== undefined) this.set(name, first)
    }
  }

  get(name: string): string | undefined {
    return this.#fields.get(name.toLowerCase())?.value
  }

  has(name: string): boolean {
    return this.#fields.has(name.toLowerCase())
  }

  set(name: string, value: string | number | boolean): void {
    this.#fields.set(name.toLowerCase(), { name, value: String(value) })
  }

  delete(name: string): void {
    this.#fields.delete(name.toLowerCase())
  }

  toJSON(options: { preserveCase?: boolean } = {}): Record<string, string> {
    const entries = [...this.#fields].map(([key, { name, value }]) => [
      options.preserveCase ? name : key,
      value,
    ])
    return Object.fromEntries(entries)
  }

  *[Symbol.iterator](): Iterator<[string, string]> {
    for (const { name, value } of this.#fields.values()) yield [name, value]
  }

  // The names of the pipeline before.

  contains(name: string): boolean {
    return this.has(name)
  }

  remove(name: string): boolean {
    return this.#fields.delete(name.toLowerCase())
  }

  rawHeaders(): Record<string, string> {
    return this.toJSON()
  }

  headersArray(): Field[] {
    return [...this.#fields.values()]
  }

  headerNames(): string[] {
    return this.headersArray().map(({ name }) => name)
  }

  headerValues(): string[] {
    return this.headersArray().map(({ value }) => value)
  }

  toJson(options: { preserveCase?: boolean } = {}): Record<string, string> {
    return this.toJSON(options)
  }

  clone(): AzureHeaders {
    return new AzureHeaders(this.toJSON({ preserveCase: true }))
  }
}
