import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

/** What is signed, so that nobody can pass one kind of content off as another. */
const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
/** A bundle that is larger is none of ours. */
const MAX_BYTES = 20_000_000

/**
 * A DSSE envelope around an in-toto statement, with one Ed25519 signature.
 * Source: https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md
 * @param key the operator's private key
 */
export function sealed(statement: object, key: KeyObject): string {
  const payload = Buffer.from(JSON.stringify(statement), 'utf8')
  const signature = sign(null, toBeSigned(payload), key)
  const envelope = {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: keyIdOf(key), sig: signature.toString('base64') }],
  }
  return `${JSON.stringify(envelope)}\n`
}

export type Opened =
  | { readonly isSigned: true; readonly keyId: string; readonly statement: unknown }
  | { readonly isSigned: false; readonly why: string }

/** Nothing of the payload is read before its signature holds. @param key the public half, or the private key itself */
export function opened(text: string, key: KeyObject): Opened {
  if (Buffer.byteLength(text) > MAX_BYTES) return refused('it is larger than any bundle')
  const envelope = parsed(text)
  const signatures = list(field(envelope, 'signatures'))
  const payload = field(envelope, 'payload')
  if (typeof payload !== 'string' || signatures.length === 0) return refused('it is no DSSE envelope')
  if (field(envelope, 'payloadType') !== PAYLOAD_TYPE) return refused(`its payload is not ${PAYLOAD_TYPE}`)
  const bytes = Buffer.from(payload, 'base64')
  const keyId = keyIdOf(key)
  const isHeld = signatures.some((one) => {
    const sig = field(one, 'sig')
    return typeof sig === 'string' && verify(null, toBeSigned(bytes), key, Buffer.from(sig, 'base64'))
  })
  if (isHeld) return { isSigned: true, keyId, statement: parsed(bytes.toString('utf8')) }
  const others = signatures.map((one) => field(one, 'keyid')).filter((id) => typeof id === 'string' && id !== keyId)
  return refused(
    others.length > 0
      ? `it names another key (${String(others[0]).slice(0, 16)}…) than this one (${keyId.slice(0, 16)}…)`
      : 'its signature does not fit its content: it was changed after it was signed',
  )
}

/** SHA-256 of the public key in SPKI, in hexadecimal. */
export function keyIdOf(key: KeyObject): string {
  const spki = (key.type === 'public' ? key : createPublicKey(key)).export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest('hex')
}

/** DSSE's pre-authentication encoding. */
function toBeSigned(payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(PAYLOAD_TYPE)} ${PAYLOAD_TYPE} ${payload.length} `
  return Buffer.concat([Buffer.from(head, 'utf8'), payload])
}

const refused = (why: string): Opened => ({ isSigned: false, why })
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, 20) : [])

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function field(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object') return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}
