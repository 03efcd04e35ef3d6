import { generate } from 'selfsigned'

/** A key and a self-signed certificate for 127.0.0.1 and localhost. */
export interface Identity {
  readonly key: string
  readonly cert: string
}

export const localNames = [
  { type: 7, ip: '127.0.0.1' },
  { type: 2, value: 'localhost' },
] as const

let made: Promise<Identity> | null = null

/** Made once for all specs. */
export function identity(): Promise<Identity> {
  made ??= anotherIdentity()
  return made
}

/** Makes a new one, which a client that trusts another identity rejects. */
export async function anotherIdentity(): Promise<Identity> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [...localNames] }],
  })
  return { key, cert }
}
