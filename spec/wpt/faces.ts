import * as undici from 'undici'
import { createFetch, fetch } from '../../lib/index.ts'

/** The fetches that are compared. */
export const faceNames = ['ours', 'asking', 'undici', 'platform'] as const

/** This package's, this package's with an expectation for all content, undici's, the platform's. */
export type FaceName = (typeof faceNames)[number]

/** The globals of a test that replace the platform's. */
export const faces: Readonly<Record<FaceName, object>> = {
  ours: { fetch },
  asking: { fetch: createFetch({ expect: 'always' }) },
  undici: {
    fetch: undici.fetch,
    FormData: undici.FormData,
    Headers: undici.Headers,
    Request: undici.Request,
    Response: undici.Response,
  },
  platform: {},
}
