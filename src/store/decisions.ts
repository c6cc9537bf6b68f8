import type { Decision, Gate } from '../task/decision.ts'
import type { Database, Tx } from './database.ts'
import { newId } from './ids.ts'

/** Stores a policy decision with all that the rules saw, so that `why` can show it and a replay repeat it. */
export async function storeDecision(
  db: Database,
  tx: Tx,
  taskId: string,
  decision: Decision,
  inputs: unknown,
  planHash: string | null,
): Promise<void> {
  const { gate, kind, ruleId, reasonCode, facts } = decision
  const extra =
    kind === 'approve' ? { approval: decision.approval } : kind === 'clarify' ? { questions: decision.questions } : {}
  await tx.decision.create({
    data: {
      id: newId(),
      taskId,
      gate,
      kind,
      ruleId,
      reasonCode,
      facts: db.json({ ...facts }),
      inputs: db.json({ facts: inputs, ...extra }),
      planHash,
    },
  })
}

/** Oldest first. */
export async function decisionsOf(db: Database, taskId: string): Promise<Decision[]> {
  return (await decisionInputsOf(db, taskId)).map(({ decision }) => decision)
}

/** Decisions with all that the rules saw, oldest first. `facts` are as the version that decided knew them. */
export async function decisionInputsOf(
  db: Database,
  taskId: string,
): Promise<{ readonly decision: Decision; readonly facts: unknown }[]> {
  const rows = await db.prisma.decision.findMany({ where: { taskId }, orderBy: { id: 'asc' } })
  return rows.map((r) => {
    const { approval, questions, facts } = r.inputs as { approval?: unknown; questions?: unknown; facts?: unknown }
    const decision = {
      gate: r.gate as Gate,
      kind: r.kind,
      ruleId: r.ruleId,
      reasonCode: r.reasonCode,
      facts: r.facts,
      ...(approval === undefined ? {} : { approval }),
      ...(questions === undefined ? {} : { questions }),
    } as Decision
    return { decision, facts }
  })
}
