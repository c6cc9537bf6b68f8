import type { Evidence as EvidenceRow } from '../generated/prisma/client.ts'
import type { Evidence, EvidenceKind, EvidenceVerdict, LineFinding, TestCounts } from '../task/evidence.ts'
import type { Database, Tx } from './database.ts'
import { newId } from './ids.ts'
import type { Lease } from './leases.ts'

/** Also a transaction, which sees what it has just written. */
type Readable = Database | { readonly prisma: Tx }

/**
 * Replaces the evidence of a round: a verification that was cut off is done again as a whole, and what is learnt of one
 * criterion later is stored with all others, because the record knows a round's evidence as one writing.
 */
export async function storeEvidence(
  db: Database,
  tx: Tx,
  lease: Lease,
  round: number,
  evidence: readonly Evidence[],
): Promise<void> {
  await tx.evidence.deleteMany({ where: { taskId: lease.taskId, round } })
  await tx.evidence.createMany({
    data: evidence.map((e, position) => ({
      id: newId(),
      taskId: lease.taskId,
      round,
      position,
      criterion: db.text(e.criterion),
      kind: e.kind,
      required: e.required,
      command: e.command === null ? null : db.text(e.command),
      exitCode: e.exitCode,
      durationMs: Math.round(e.durationMs),
      ...(e.counts === null ? {} : { counts: db.json(e.counts) }),
      excerpt: db.text(e.excerpt),
      ...(e.findings === undefined ? {} : { findings: db.json(e.findings) }),
      artifactHash: e.artifactHash,
      commit: e.commit,
      verdict: e.verdict,
      reasonCode: e.reasonCode,
      epoch: lease.epoch,
    })),
  })
}

export async function evidenceOf(db: Readable, taskId: string, round: number): Promise<Evidence[]> {
  const rows = await db.prisma.evidence.findMany({ where: { taskId, round }, orderBy: { position: 'asc' } })
  return rows.map(toEvidence)
}

/** Evidence of the newest round that looked at the commit; none where no round did. */
export async function evidenceOfCommit(db: Readable, taskId: string, commit: string): Promise<Evidence[]> {
  const round = await lastRoundOf(db, taskId, commit)
  return round === null ? [] : evidenceOf(db, taskId, round)
}

/** The newest round that looked at the commit; null where none did. */
export async function lastRoundOf(db: Readable, taskId: string, commit: string): Promise<number | null> {
  const last = await db.prisma.evidence.findFirst({
    where: { taskId, commit },
    orderBy: { round: 'desc' },
    select: { round: true },
  })
  return last?.round ?? null
}

function toEvidence(r: EvidenceRow): Evidence {
  return {
    criterion: r.criterion,
    kind: r.kind as EvidenceKind,
    required: r.required,
    command: r.command,
    exitCode: r.exitCode,
    durationMs: r.durationMs,
    counts: r.counts as TestCounts | null,
    excerpt: r.excerpt,
    artifactHash: r.artifactHash,
    commit: r.commit,
    verdict: r.verdict as EvidenceVerdict,
    reasonCode: r.reasonCode,
    ...findingsIn(r.findings),
  }
}

/** As they were stored. */
function findingsIn(stored: unknown): Pick<Evidence, 'findings'> {
  return Array.isArray(stored) ? { findings: stored as LineFinding[] } : {}
}
