type Changing = 'append' | 'delete' | 'set'

// The platform's type declares these as properties, which a subclass cannot override by methods.
type PlainHeaders = new (...given: ConstructorParameters<typeof Headers>) => Omit<Headers, Changing>

type FixedHeaders = new (...given: ConstructorParameters<typeof Headers>) => Headers

let made: FixedHeaders | null = null

/** Header fields that cannot be changed, as in a response of fetch (guard `immutable`). */
export function fixedHeaders(fields: [name: string, value: string][]): Headers {
  made ??= makeFixedHeaders()
  return new made(fields)
}

/** Called on first use, because reading the global `Headers` loads the platform's fetch. */
function makeFixedHeaders(): FixedHeaders {
  return class extends (Headers as PlainHeaders) implements Pick<Headers, Changing> {
    append(): never {
      throw new TypeError('immutable')
    }

    delete(): never {
      throw new TypeError('immutable')
    }

    set(): never {
      throw new TypeError('immutable')
    }
  }
}
