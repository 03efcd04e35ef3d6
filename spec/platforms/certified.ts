import { generate } from 'selfsigned'
import { localNames } from '../support/identity.ts'

/** A key, a certificate for 127.0.0.1 and localhost, and the certificate of the authority that signed it. */
export interface Certified {
  readonly key: string
  readonly cert: string
  readonly authority: string
}

/** Deno rejects self-signed certificates, which other specs use. */
export async function certified(): Promise<Certified> {
  const authority = await generate([{ name: 'commonName', value: 'authority' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  })
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [...localNames] }],
    ca: { key: authority.private, cert: authority.cert },
  })
  return { key, cert, authority: authority.cert }
}
