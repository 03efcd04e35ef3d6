import type { Handler } from '../server/answer.ts'
import { authentication, dumpAuthorization } from './authentication.ts'
import { cache, conditional } from './cache.ts'
import {
  echoContent,
  echoHeaders,
  inspectHeaders,
  method,
  parseHeaders,
  preflight,
} from './echo.ts'
import { networkPartition } from './partition.ts'
import { longWav, partialText } from './ranges.ts'
import { badChunks, contentLength, message, statusCode } from './raw.ts'
import { commonRedirect, emptyRedirect, redirect, streamRedirect } from './redirects.ts'
import { infinite, trickle } from './slow.ts'
import { cleanStash, putStash, takeStash } from './stash.ts'
import { badEncoding, status } from './status.ts'

const api = '/fetch/api/resources'

/** The server scripts of the tests, by path. */
export const handlers: ReadonlyMap<string, Handler> = new Map([
  [`${api}/authentication.py`, authentication],
  [`${api}/bad-chunk-encoding.py`, badChunks],
  [`${api}/cache.py`, conditional],
  [`${api}/clean-stash.py`, cleanStash],
  [`${api}/dump-authorization-header.py`, dumpAuthorization],
  [`${api}/echo-content.h2.py`, echoContent],
  [`${api}/echo-content.py`, echoContent],
  [`${api}/infinite-slow-response.py`, infinite],
  [`${api}/inspect-headers.py`, inspectHeaders],
  [`${api}/method.py`, method],
  [`${api}/preflight.py`, preflight],
  [`${api}/redirect-empty-location.py`, emptyRedirect],
  [`${api}/redirect.h2.py`, streamRedirect],
  [`${api}/redirect.py`, redirect],
  [`${api}/stash-put.py`, putStash],
  [`${api}/stash-take.py`, takeStash],
  [`${api}/status.py`, status],
  [`${api}/trickle.py`, trickle],
  ['/common/redirect.py', commonRedirect],
  ['/fetch/api/request/resources/cache.py', cache],
  ['/fetch/connection-pool/resources/network-partition-key.py', networkPartition],
  ['/fetch/content-encoding/br/resources/bad-br-body.py', badEncoding],
  ['/fetch/content-encoding/gzip/resources/bad-gzip-body.py', badEncoding],
  ['/fetch/content-encoding/zstd/resources/bad-zstd-body.py', badEncoding],
  ['/fetch/content-length/resources/content-length.py', contentLength],
  ['/fetch/h1-parsing/resources/message.py', message],
  ['/fetch/h1-parsing/resources/status-code.py', statusCode],
  ['/fetch/range/resources/long-wav.py', longWav],
  ['/fetch/range/resources/partial-text.py', partialText],
  ['/fetch/range/resources/stash-take.py', takeStash],
  ['/xhr/resources/echo-headers.py', echoHeaders],
  ['/xhr/resources/parse-headers.py', parseHeaders],
  ['/xhr/resources/status.py', status],
])
