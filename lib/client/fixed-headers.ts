type Changing = 'append' | 'delete' | 'set'

// Its type says that these are fields, which no method may take the place of.
type PlainHeaders = new (...given: ConstructorParameters<typeof Headers>) => Omit<Headers, Changing>

type FixedHeaders = new (...given: ConstructorParameters<typeof Headers>) => Headers

let made: FixedHeaders | null = null

/** Header fields that cannot be changed, as those of a response of fetch (guard `immutable`). */
export function fixedHeaders(fields: [name: string, value: string][]): Headers {
  made ??= makeFixedHeaders()
  return new made(fields)
}

/** Made when it is needed: whoever names the platform's Headers loads the platform's fetch. */
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
