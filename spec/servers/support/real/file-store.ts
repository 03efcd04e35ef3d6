import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { sha256 } from '../../../support/contents.ts'
import type { Workplace } from '../daemon.ts'

/** A folder where a server stores uploads by name. */
export interface FileStore {
  readonly path: string
  stored(name: string): readonly string[]
}

/** Creates the folders for all cases. */
export function fileStore(place: Workplace): FileStore {
  for (const name of ['', '/files', '/small', '/private', '/missing', '/picky']) {
    const folder = `root${name}`
    mkdirSync(place.at(folder))
    chmodSync(place.at(folder), 0o777)
  }
  return {
    path: place.at('root'),
    stored: (name) =>
      ['root/files', 'root/picky']
        .map((folder) => `${folder}/${name}`)
        .filter((file) => existsSync(place.at(file)))
        .map((file) => sha256(place.read(file))),
  }
}
