import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ConfigError, readConfig } from '../config.ts'
import { openEvidenceKey } from '../evidence-key.ts'
import { readArtifactBytes } from '../store/artifacts.ts'
import { findTaskId } from '../store/history.ts'
import { readTask } from '../store/tasks.ts'
import { bundleName } from '../supervisor/steps/evidence-bundle.ts'
import { keyIdOf, opened } from '../verify/bundle/envelope.ts'
import { PREDICATE_TYPE } from '../verify/bundle/statement.ts'
import { withStore } from './with-store.ts'

/**
 * `supervisor evidence verify FILE`: whether what stands in a bundle is what the operator's key has signed. Exit code 0 where
 * it is, whatever its verdict; 1 where it is not. Needs neither database nor GitHub.
 */
export async function verifyBundle(file: string, options: { key?: string; json?: true }): Promise<void> {
  const key = options.key === undefined ? await openEvidenceKey(readConfig()) : await publicKeyIn(options.key)
  const text = await readFile(file, 'utf8').catch(() => {
    throw new ConfigError(`${file} cannot be read: name the file that \`supervisor evidence export TASK\` wrote`)
  })
  const result = opened(text, key)
  const isOurs = result.isSigned && fieldOf(result.statement, 'predicateType') === PREDICATE_TYPE
  if (!isOurs) process.exitCode = 1
  if (options.json) process.stdout.write(`${JSON.stringify({ ...result, isOurs })}\n`)
  else if (!result.isSigned) process.stdout.write(`✖ Not signed by this key: ${result.why}\n`)
  else if (!isOurs) process.stdout.write('✖ Signed by this key, but it is no verification\n')
  else process.stdout.write(`${words(result.statement, result.keyId).join('\n')}\n`)
}

/** `supervisor evidence export TASK`: the newest bundle of a task, on standard output. */
export async function exportBundle(idOrEnd: string): Promise<void> {
  await withStore(async (db) => {
    const id = await findTaskId(db, idOrEnd)
    const task = id === null ? null : await readTask(db, id)
    const commit = task?.headSha ?? null
    const bytes =
      task === null || commit === null ? null : await readArtifactBytes(db, task.id, 'evidence', bundleName(commit))
    if (bytes === null)
      throw new ConfigError(`no evidence is stored for ${idOrEnd}: \`supervisor tasks --all\` lists tasks`)
    process.stdout.write(bytes)
  })
}

/** `supervisor evidence key`: the public half, which others verify with. */
export async function printPublicKey(): Promise<void> {
  const key = createPublicKey(await openEvidenceKey(readConfig()))
  process.stderr.write(`key ${keyIdOf(key)}\n`)
  process.stdout.write(key.export({ type: 'spki', format: 'pem' }))
}

async function publicKeyIn(file: string): Promise<KeyObject> {
  try {
    const key = createPublicKey(await readFile(file, 'utf8'))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below.
  }
  throw new ConfigError(`${file} holds no Ed25519 public key in PEM: \`supervisor evidence key\` prints it`)
}

/** Signed by us, and still text of a repository: nothing in it may command a terminal. */
function words(statement: unknown, keyId: string): string[] {
  const predicate = fieldOf(statement, 'predicate')
  const [subject] = listOf(fieldOf(statement, 'subject'))
  const commit = fieldOf(fieldOf(subject, 'digest'), 'gitCommit')
  const rows = listOf(fieldOf(predicate, 'evidence')).map(
    (one) =>
      `  ${plain(fieldOf(one, 'verdict'))}${fieldOf(one, 'required') === true ? '' : ' (optional)'}: ${plain(fieldOf(one, 'criterion'))}`,
  )
  return [
    `✔ Signed by key ${keyId}, and unchanged since`,
    `Commit ${plain(commit)} of ${plain(fieldOf(subject, 'name'))}`,
    `Verdict ${plain(fieldOf(predicate, 'verdict'))} (${plain(fieldOf(predicate, 'reason'))}) at ${plain(fieldOf(predicate, 'verifiedAt'))}`,
    ...rows,
  ]
}

const plain = (value: unknown): string =>
  String(value ?? '')
    .replaceAll(/[^\P{Cc}]/gu, ' ')
    .slice(0, 300)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
function fieldOf(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object') return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}
