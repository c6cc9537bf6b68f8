import type { ApprovalSource, Gate } from '../task/decision.ts'
import type { Database, Tx } from './database.ts'
import { newId } from './ids.ts'

/** What was approved or rejected, by whom, and exactly which content it is bound to (SPEC 11.1). */
export interface ApprovalRecord {
  readonly gate: Gate
  readonly decision: 'approved' | 'rejected'
  readonly actor: { readonly id: number; readonly login: string }
  readonly permission: string
  readonly source: ApprovalSource
  readonly sourceKey: string
  readonly planHash: string | null
  readonly snapshotHash: string | null
  readonly headSha: string | null
  readonly expiresAt: Date | null
}

export interface StoredApproval extends ApprovalRecord {
  readonly at: Date
}

export async function storeApproval(tx: Tx, taskId: string, a: ApprovalRecord): Promise<void> {
  const { actor, ...rest } = a
  const data = { ...rest, id: newId(), taskId, actorId: BigInt(actor.id), actorLogin: actor.login }
  await tx.approval.createMany({ data: [data], skipDuplicates: true })
}

/** Standing records, oldest first: not voided, not expired. */
export async function approvalsOf(db: Database, taskId: string): Promise<StoredApproval[]> {
  const rows = await db.prisma.approval.findMany({
    where: { taskId, voidedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
    orderBy: { id: 'asc' },
  })
  return rows.map((r) => ({
    gate: r.gate as Gate,
    decision: r.decision as 'approved' | 'rejected',
    actor: { id: Number(r.actorId), login: r.actorLogin },
    permission: r.permission,
    source: r.source as ApprovalSource,
    sourceKey: r.sourceKey,
    planHash: r.planHash,
    snapshotHash: r.snapshotHash,
    headSha: r.headSha,
    expiresAt: r.expiresAt,
    at: r.at,
  }))
}

/** Voids all that stands at these gates: what was approved there is not the same any more. */
export async function voidApprovals(tx: Tx, taskId: string, gates: readonly Gate[], reason: string): Promise<void> {
  await tx.approval.updateMany({
    where: { taskId, gate: { in: [...gates] }, voidedAt: null },
    data: { voidedAt: new Date(), voidReason: reason },
  })
}

/** Voids one person's record, for example when a review is dismissed. */
export async function voidApproval(tx: Tx, taskId: string, sourceKey: string, reason: string): Promise<void> {
  await tx.approval.updateMany({
    where: { taskId, sourceKey, voidedAt: null },
    data: { voidedAt: new Date(), voidReason: reason },
  })
}
