import { spawnSync } from 'node:child_process'
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Dispatcher } from 'undici'
import { sha256 } from '../../support/contents.ts'
import { freePort, startDaemon, Workplace } from './daemon.ts'

/** A store that speaks S3 and checks signatures, from npm: a maintained fork of s3rver. */
const name = '@20minutes/s3rver'
const version = 5

export interface S3Package {
  readonly folder: string
  remove(): void
}

export function installS3(): S3Package {
  const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  const args = ['install', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${version}`]
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${name} cannot be installed: ${stderr}`)
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}

export interface S3Store {
  /** The URL of its bucket. */
  readonly url: string
  /** The sha256 of each stored object. */
  stored(): readonly string[]
}

/** The accepted credentials. */
export const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }
export const region = 'eu-central-1'
export const bucket = 'videos'

export async function startS3({ folder }: S3Package): Promise<S3Store> {
  const place = new Workplace()
  const port = await freePort()
  mkdirSync(place.at('data'))
  const options = {
    directory: place.at('data'),
    address: '127.0.0.1',
    port,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  }
  // The package lacks its command.
  const program = `new (require('${join(folder, 'node_modules', name)}'))(${JSON.stringify(options)}).run()`
  await startDaemon({ program: process.execPath, package: 'nodejs' }, ['-e', program], port)
  return {
    url: `http://127.0.0.1:${port}/${bucket}`,
    stored: () =>
      globSync(`data/${bucket}/**/*_object`, { cwd: place.path }).map((file) =>
        sha256(place.read(file)),
      ),
  }
}

/** The hash implementation for the signer. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret))
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof chunk === 'string' ? chunk : bytesOf(chunk))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {}
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)
}

/** Signs each attempt with Signature Version 4; a header field counts the attempts. */
export class Signing {
  readonly signatures: string[] = []
  readonly #signer: SignatureV4

  constructor(secretAccessKey: string = credentials.secretAccessKey) {
    this.#signer = new SignatureV4({
      credentials: { ...credentials, secretAccessKey },
      region,
      service: 's3',
      sha256: Sha256,
      uriEscapePath: false,
    })
  }

  /** Composed below `expectContinue()`. */
  readonly interceptor: Dispatcher.DispatcherComposeInterceptor =
    (dispatch) => (request, handler) => {
      const signing = async (): Promise<void> => {
        dispatch({ ...request, headers: await this.#signed(request) }, handler)
      }
      // There is no controller yet.
      signing().catch((error: Error) => handler.onResponseError?.(null as never, error))
      return true
    }

  async #signed({ method, origin, path, headers }: Dispatcher.DispatchOptions): Promise<string[]> {
    const { protocol, host, hostname, port } = new URL(String(origin))
    const others = Array.isArray(headers) ? headers : Object.entries(headers ?? {}).flat()
    const { headers: own } = await this.#signer.sign({
      protocol,
      hostname,
      port: Number(port),
      method,
      path,
      headers: {
        host,
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        'x-amz-meta-attempt': String(this.signatures.length + 1),
      },
    })
    this.signatures.push(own.authorization ?? '')
    const { host: _, ...fields } = own
    return [...(others as string[]), ...Object.entries(fields).flat()]
  }
}
