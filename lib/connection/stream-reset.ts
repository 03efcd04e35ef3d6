import { type ClientHttp2Stream, constants } from 'node:http2'

/**
 * Has a stream that is closed without a code reset with CANCEL, at once. Node waits with a reset
 * that has none until all of the content was sent. It never resets the stream at all when that
 * is destroyed in the meantime, as undici does: the origin waits for the rest for ever, and
 * where it gives leave to send more, node writes empty frames without end.
 */
export function cancelWhenClosed(stream: ClientHttp2Stream): void {
  const { close } = stream
  stream.close = (code, callback) => {
    close.call(stream, code || constants.NGHTTP2_CANCEL, callback)
  }
}
