import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Values that only we can read and write, for cookies: AES-256-GCM, bound to what they are for. */
export interface Seal {
  close(purpose: string, value: object): string
  /** null: not ours, not for this, or changed. */
  open(purpose: string, sealed: string): unknown
}

const MAX_SEALED = 4_000

/** @param secret the key is derived from it, so a new OAuth secret signs everybody out */
export function createSeal(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'autopilot-supervisor task page', 32))
  return {
    close: (purpose, value) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
      const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open: (purpose, sealed) => {
      if (sealed.length > MAX_SEALED) return null
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < 29) return null
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
        decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(12, 28))
        const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
        return JSON.parse(text)
      } catch {
        return null
      }
    },
  }
}
