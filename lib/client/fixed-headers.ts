type Changing = 'append' | 'delete' | 'set'

// Its type says that these are fields, which no method may take the place of.
const PlainHeaders: new (
  ...given: ConstructorParameters<typeof Headers>
) => Omit<Headers, Changing> = Headers

/** Header fields that cannot be changed, as those of a response of fetch (guard `immutable`). */
export class FixedHeaders extends PlainHeaders implements Pick<Headers, Changing> {
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
