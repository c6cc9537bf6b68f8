import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { sha256 } from '../task/hash.ts'
import type { Database, Tx } from './database.ts'
import { newId } from './ids.ts'

const compress = promisify(gzip)
const decompress = promisify(gunzip)

/** SPEC 14.1: larger contents keep head and tail, and say so. */
export const MAX_ARTIFACT_BYTES = 16 * 1024 * 1024

export type ArtifactKind =
  | 'snapshot'
  | 'classification'
  | 'skill'
  | 'plan'
  | 'plan_input'
  | 'prompt'
  | 'log'
  | 'transcript'
  | 'diff'
  | 'bundle'
  | 'evidence'
  | 'answer'
  | 'summary'
  | 'document'

export interface NewArtifact {
  readonly kind: ArtifactKind
  readonly name: string
  readonly content: string | Uint8Array
  readonly jobId?: string
  /** Diff and bundle are scanned, never masked: a secret in them stops the task instead. */
  readonly exact?: boolean
}

/** Stores content once under its hash. @returns SHA-256 of the stored bytes */
export async function storeArtifact(db: Database, tx: Tx, taskId: string, artifact: NewArtifact): Promise<string> {
  const text = typeof artifact.content === 'string' && !artifact.exact ? db.text(artifact.content) : artifact.content
  const { bytes, truncated } = bounded(Buffer.from(text))
  const hash = sha256(bytes)
  await tx.artifact.createMany({
    skipDuplicates: true,
    data: [
      {
        id: newId(),
        taskId,
        jobId: artifact.jobId ?? null,
        kind: artifact.kind,
        name: artifact.name,
        sha256: hash,
        size: bytes.length,
        truncated,
        content: new Uint8Array(await compress(bytes)),
      },
    ],
  })
  return hash
}

/** The newest content of a kind, or the one with this hash; null when there is none. */
export async function readArtifact(
  db: Database,
  taskId: string,
  kind: ArtifactKind,
  hash?: string,
): Promise<string | null> {
  const row = await db.prisma.artifact.findFirst({
    where: { taskId, kind, ...(hash === undefined ? {} : { sha256: hash }) },
    orderBy: { id: 'desc' },
  })
  return row ? (await decompress(row.content, { maxOutputLength: MAX_ARTIFACT_BYTES })).toString('utf8') : null
}

/** The newest bytes under a name; null when there are none. */
export async function readArtifactBytes(
  db: Database,
  taskId: string,
  kind: ArtifactKind,
  name: string,
): Promise<Uint8Array | null> {
  const row = await db.prisma.artifact.findFirst({ where: { taskId, kind, name }, orderBy: { id: 'desc' } })
  return row ? decompress(row.content, { maxOutputLength: MAX_ARTIFACT_BYTES }) : null
}

export interface ArtifactEntry {
  readonly kind: string
  readonly name: string
  readonly sha256: string
  readonly size: number
  readonly truncated: boolean
}

export async function listArtifacts(db: Database, taskId: string): Promise<ArtifactEntry[]> {
  return db.prisma.artifact.findMany({
    where: { taskId },
    select: { kind: true, name: true, sha256: true, size: true, truncated: true },
    orderBy: { id: 'asc' },
  })
}

function bounded(bytes: Buffer): { bytes: Buffer; truncated: boolean } {
  if (bytes.length <= MAX_ARTIFACT_BYTES) return { bytes, truncated: false }
  const note = Buffer.from(`\n[… ${bytes.length - MAX_ARTIFACT_BYTES} bytes left out …]\n`)
  const half = Math.floor((MAX_ARTIFACT_BYTES - note.length) / 2)
  return { bytes: Buffer.concat([bytes.subarray(0, half), note, bytes.subarray(-half)]), truncated: true }
}

const FORGOTTEN_AT_ONCE = 1_000

/**
 * Lets go of what ended tasks have left behind, oldest tasks first; what was decided and seen stays in its own tables.
 * @param keepMs counted from the end of the task, in milliseconds
 * @returns how many went; at most 1,000 at once
 */
export async function forgetArtifacts(db: Database, keepMs: number): Promise<number> {
  return db.prisma.$executeRaw`
    delete from artifacts where id in (
      select a.id from artifacts a join tasks t on t.id = a.task_id
      where t.finished_at < now() - make_interval(secs => ${keepMs / 1_000}::double precision)
      order by t.finished_at limit ${FORGOTTEN_AT_ONCE})`
}
