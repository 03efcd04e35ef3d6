import * as undici from 'undici'
import { createFetch, fetch } from '../../lib/index.ts'

/** The fetches that are compared. */
export const faceNames = ['ours', 'asking', 'undici', 'platform'] as const

/** Ours, ours when it asks for all content, undici's, the platform's. */
export type FaceName = (typeof faceNames)[number]

/** What a test finds among its globals, in place of the platform's. */
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
