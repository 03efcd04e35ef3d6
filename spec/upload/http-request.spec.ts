import { expect } from 'chai'
import {
  type HttpRequest,
  pathOf,
  plainOrigin,
  reportedUrl,
} from '../../lib/upload/http-request.ts'

function to(origin: string, path: string): HttpRequest {
  return { origin, path, method: 'PUT', headers: [], hasContent: true }
}

describe('reportedUrl', () => {
  const places: readonly (readonly [string, string, string])[] = [
    ['http://uploads.example', '/file', 'http://uploads.example/file'],
    ['http://uploads.example', '/file?token=secret', 'http://uploads.example/file'],
    ['http://user:secret@uploads.example:80/', '/', 'http://uploads.example/'],
    [
      'http://uploads.example',
      '//other.example/file',
      'http://uploads.example//other.example/file',
    ],
    ['http://proxy.example', 'http://user:secret@a.example:8080/b?c', 'http://a.example:8080/b'],
    ['http://proxy.example', 'https://a.example/http://b', 'https://a.example/http://b'],
    ['http://proxy.example', 'http://', 'http://proxy.examplehttp://'],
    ['http://proxy.example', 'a.example:443', 'http://proxy.examplea.example:443'],
  ]
  for (const [origin, path, place] of places) {
    it(`of ${origin} and ${path} is ${place}`, () => {
      expect(reportedUrl(to(origin, path))).to.equal(place)
    })
  }
})

describe('pathOf', () => {
  const paths: readonly (readonly [string, object | undefined, string])[] = [
    ['/file', undefined, '/file'],
    ['/file?a=b', undefined, '/file?a=b'],
    ['/file', {}, '/file'],
    ['/file', { a: 'b c', d: ['1', '2'], e: 5 }, '/file?a=b%20c&d=1&d=2&e=5'],
  ]
  for (const [path, query, wanted] of paths) {
    it(`appends ${JSON.stringify(query)} to ${path}`, () => {
      const origin = 'http://uploads.example'
      const options = { origin, method: 'PUT', path, ...(query && { query }) } as const
      expect(pathOf(options)).to.equal(wanted)
    })
  }

  for (const path of ['/file?a=b', '/file#a']) {
    it(`rejects a second query after ${path}`, () => {
      const options = { origin: 'http://a.example', method: 'PUT', path, query: {} } as const
      expect(() => pathOf(options)).to.throw(TypeError, "'query'")
    })
  }
})

describe('plainOrigin', () => {
  const origins: readonly (readonly [string, string])[] = [
    ['http://uploads.example', 'http://uploads.example'],
    ['https://uploads.example:8443', 'https://uploads.example:8443'],
    ['http://uploads.example/', 'http://uploads.example'],
    ['http://user:secret@uploads.example', 'http://uploads.example'],
    ['http://user:secret@uploads.example:81/', 'http://uploads.example:81'],
    ['', ''],
    ['no origin/', 'no origin/'],
  ]
  for (const [given, origin] of origins) {
    it(`of '${given}' is '${origin}'`, () => {
      expect(plainOrigin(given)).to.equal(origin)
    })
  }
})
