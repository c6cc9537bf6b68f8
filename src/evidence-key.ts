import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { ConfigError } from './config.ts'

/**
 * The operator's key that signs evidence: the one that `EVIDENCE_KEY` gives, else one of this data directory, made when it
 * is first wanted. Several machines sign with one key only where it is given to each.
 */
export async function openEvidenceKey({
  evidenceKey,
  dataDir,
}: Pick<Config, 'evidenceKey' | 'dataDir'>): Promise<KeyObject> {
  if (evidenceKey !== null) return ed25519(evidenceKey, 'EVIDENCE_KEY')
  const file = join(dataDir, 'evidence-key.pem')
  await mkdir(dataDir, { recursive: true })
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  // Whoever is first makes it; all others take what is there.
  await writeFile(file, made, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  return ed25519(await readFile(file, 'utf8'), file)
}

function ed25519(pem: string, where: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below: what OpenSSL says of it may show a part of the key.
  }
  throw new ConfigError(`${where} is no Ed25519 private key in PEM (openssl genpkey -algorithm ed25519)`)
}
