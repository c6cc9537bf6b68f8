import type { StoredApproval } from '../store/approvals.ts'
import { approvalsOf, storeApproval } from '../store/approvals.ts'
import type { StoredCommand } from '../store/commands.ts'
import { decisionsOf } from '../store/decisions.ts'
import type { StoredTask } from '../store/tasks.ts'
import { changesFiles } from '../task/changes-files.ts'
import type { ApprovalPolicy, ApprovalSource, Gate } from '../task/decision.ts'
import type { Event } from '../task/states.ts'
import { argumentOf } from './commands/argument.ts'
import type { CommandContext, CommandResult } from './command.ts'
import type { Corridor } from './corridor.ts'

/** All ways to approve end here, in one record bound to content (SPEC 11). */
export async function recordApproval(
  { corridor, task, command }: CommandContext,
  how: { readonly source: ApprovalSource; readonly sha: string | null },
): Promise<CommandResult> {
  const gate = openGate(task)
  if (gate === null) return { reasonCode: 'nothing_to_approve', ...refusal('nothing_to_approve') }
  if (!['admin', 'write'].includes(command.permission))
    return { reasonCode: 'approval_not_counted', ...refusal('approval_not_counted') }
  if (how.sha !== null && !isBoundTo(task, gate, how.sha)) {
    return { reasonCode: 'approval_stale', ...refusal('approval_stale', how.sha) }
  }
  if (how.sha === null && isOlder(command, task.updatedAt)) return { reasonCode: 'approval_stale', ...refusal('approval_stale') }
  const policy = await approvalPolicy(corridor, task, gate)
  if (!policy.requesterCounts && command.actor.id === task.requester.id) {
    return { reasonCode: 'approval_not_counted', ...refusal('approval_not_counted') }
  }
  const record = {
    gate,
    decision: 'approved',
    actor: command.actor,
    permission: command.permission,
    source: how.source,
    sourceKey: command.sourceKey,
    planHash: task.planHash,
    snapshotHash: task.snapshotHash,
    headSha: gate === 'execute' ? null : task.headSha,
    expiresAt: null,
  } as const
  const others = (await standingApprovals(corridor, task, gate)).filter((a) => a.actor.id !== command.actor.id)
  const enough = new Set(others.map((a) => a.actor.id)).size + 1 >= policy.required
  return {
    reasonCode: 'approved_by_person',
    also: (tx) => storeApproval(tx, task.id, record),
    ...(enough
      ? {
          move: {
            event: eventOf(task, gate),
            reasonCode: 'approved_by_person',
            facts: { gate, source: how.source, headSha: record.headSha, planHash: task.planHash },
          },
        }
      : {}),
  }
}

/**
 * Written before the gate showed what it shows now: it was meant for something else. GitHub's times are whole seconds,
 * rounded down.
 */
function isOlder(command: StoredCommand, openedAt: Date): boolean {
  const at = Date.parse(argumentOf(command, 'at'))
  return Number.isFinite(at) && at + 1_000 < openedAt.getTime()
}

/** Approvals that hold for what the gate shows now: same plan, same snapshot, same head. */
export async function standingApprovals(corridor: Corridor, task: StoredTask, gate: Gate): Promise<StoredApproval[]> {
  return (await approvalsOf(corridor.db, task.id)).filter(
    (a) =>
      a.gate === gate &&
      a.decision === 'approved' &&
      a.planHash === task.planHash &&
      a.snapshotHash === task.snapshotHash &&
      (gate === 'execute' || a.headSha === task.headSha),
  )
}

/** The gate at which a task waits for a person; null when it waits for none. */
export function openGate(task: StoredTask): Gate | null {
  if (task.state === 'PLAN' && task.waitingOn === 'approval') return 'execute'
  if (task.state === 'VERIFY' && task.waitingOn === 'approval') return 'publish'
  if (task.state === 'REPORT' && task.waitingOn === 'review') return 'result'
  return null
}

async function approvalPolicy(corridor: Corridor, task: StoredTask, gate: Gate): Promise<ApprovalPolicy> {
  const asked = (await decisionsOf(corridor.db, task.id)).findLast((d) => d.gate === gate && d.kind === 'approve')
  if (asked?.kind === 'approve') return asked.approval
  const { required, requesterCounts } = (task.settings ?? corridor.settings).approvals
  return { required, requesterCounts }
}

/** Whether the hash, or its beginning, names what the gate shows. An empty one (a review without a commit) names nothing. */
function isBoundTo(task: StoredTask, gate: Gate, sha: string): boolean {
  const shown = gate === 'execute' ? task.planHash : task.headSha
  return sha !== '' && shown !== null && shown.startsWith(sha)
}

function eventOf(task: StoredTask, gate: Gate): Event {
  if (gate === 'publish') return 'woke'
  if (gate === 'result') return 'approved'
  return task.classification && changesFiles(task.classification) ? 'approved' : 'approved_without_code'
}

function refusal(reasonCode: 'nothing_to_approve' | 'approval_not_counted' | 'approval_stale', word = 'approve') {
  return { reply: { kind: 'refusal', reasonCode, word, suggestions: [] } } as const
}
