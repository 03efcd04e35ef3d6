import { connect } from 'node:net'
import type { buildConnector } from 'undici'

/** A connector to one port of this machine, whatever the host, so that redirects stay here. */
export function connectTo(port: number): buildConnector.connector {
  return ({ protocol }, callback) => {
    if (protocol !== 'http:') {
      const error = Object.assign(new Error('There is no TLS here'), { code: 'EPROTO' })
      setImmediate(() => callback(error, null))
      return
    }
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    const failed = (error: Error): void => callback(error, null)
    socket.once('error', failed)
    socket.once('connect', () => {
      socket.off('error', failed)
      callback(null, socket)
    })
  }
}
