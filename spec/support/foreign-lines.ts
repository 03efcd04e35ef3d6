const faces = ['fetch', 'createFetch()', 'install()']

/** The output of `foreign-fetch.ts`, where only the content kinds in `known` have a known length. */
export function foreignLines(known: readonly string[]): string[] {
  const requests = ['a string', 'a Blob', 'a form', 'a stream'].map(
    (body) => `a Request of ${body}`,
  )
  return faces
    .flatMap((face) => [
      ...['a string', 'a Node stream', ...requests].map(
        (body) => `${face}, ${body}: 200 PUT ${known.includes(body) ? 'known' : '-'} hello`,
      ),
      `${face}, nothing: 200`,
    ])
    .concat('upload: 200 PUT known hello', 'request: 200 PUT known hello')
}
