import { mayNotApprove } from '../../policy/actor-rules.ts'
import type { StoredApproval } from '../../store/approvals.ts'
import { approvalsOf, storeApproval } from '../../store/approvals.ts'
import type { StoredCommand } from '../../store/commands.ts'
import { decisionsOf } from '../../store/decisions.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { changesFiles } from '../../task/changes-files.ts'
import type { ApprovalPolicy, ApprovalSource, Gate } from '../../task/decision.ts'
import type { Event } from '../../task/states.ts'
import { argumentOf } from '../commands/argument.ts'
import type { Corridor } from '../corridor.ts'
import type { CommandContext, CommandResult } from './command.ts'

interface Given {
  readonly source: ApprovalSource
  /** What it was given for, of the plan or of the commit; null = for what was shown when it was written. */
  readonly sha: string | null
  /** What it was given for as the task's version, where the place tells: a comment that asked for this alone. */
  readonly version?: number
  /** Counts for the result although that is not asked for yet: it is verified just now. */
  readonly ahead?: boolean
}

/** All ways to approve end here, in one record bound to content (SPEC 11). */
export async function recordApproval({ corridor, task, command }: CommandContext, how: Given): Promise<CommandResult> {
  const waiting = openGate(task)
  const gate = waiting ?? (how.ahead === true ? 'result' : null)
  if (gate === null) return { reasonCode: 'nothing_to_approve', ...refusal('nothing_to_approve') }
  if (!['admin', 'write'].includes(command.permission))
    return { reasonCode: 'approval_not_counted', ...refusal('approval_not_counted') }
  if (mayNotApprove((task.settings ?? corridor.settings).rules ?? [], command.actor.login))
    return { reasonCode: 'approval_not_counted', ...refusal('approval_not_counted') }
  if (gate === 'result' && task.reasonCode === 'changes_heard')
    return { reasonCode: 'changes_pending', ...refusal('changes_pending') }
  if (!isMeant(task, gate, command, how)) return { reasonCode: 'approval_stale', ...stale(task, gate, how.sha) }
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
    ...(enough && waiting !== null
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

/** What it names is what the gate shows now; where it names nothing, its place or its time tells. */
function isMeant(task: StoredTask, gate: Gate, command: StoredCommand, how: Given): boolean {
  if (how.version !== undefined) return how.version === task.version
  return how.sha === null ? !isOlder(command, task.updatedAt) : isBoundTo(task, gate, how.sha)
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
    (a) => a.gate === gate && a.decision === 'approved' && holdsFor(task, a),
  )
}

export const holdsFor = (task: StoredTask, a: StoredApproval): boolean =>
  a.planHash === task.planHash &&
  a.snapshotHash === task.snapshotHash &&
  (a.gate === 'execute' || a.headSha === task.headSha)

/** The gate at which a task waits for a person; null when it waits for none. */
export function openGate(task: StoredTask): Gate | null {
  if (task.state === 'PLAN' && task.waitingOn === 'approval') return 'execute'
  if (task.state === 'VERIFY' && task.waitingOn === 'approval') return 'publish'
  // What has been seen to fail can be mended, merged or closed by people, but not be called done.
  if (task.state === 'REPORT' && task.waitingOn === 'review' && task.verdict !== 'fail') return 'result'
  return null
}

async function approvalPolicy(corridor: Corridor, task: StoredTask, gate: Gate): Promise<ApprovalPolicy> {
  const asked = (await decisionsOf(corridor.db, task.id)).findLast((d) => d.gate === gate && d.kind === 'approve')
  if (asked?.kind === 'approve') return asked.approval
  const { required, requesterCounts } = (task.settings ?? corridor.settings).approvals
  return { required, requesterCounts }
}

/** How many people the result needs. */
export const requiredApprovals = async (corridor: Corridor, task: StoredTask): Promise<number> =>
  (await approvalPolicy(corridor, task, 'result')).required

const shownAt = (task: StoredTask, gate: Gate): string | null => (gate === 'execute' ? task.planHash : task.headSha)

/** Whether the hash, or its beginning, names what the gate shows. An empty one (a review without a commit) names nothing. */
function isBoundTo(task: StoredTask, gate: Gate, sha: string): boolean {
  return sha !== '' && shownAt(task, gate)?.startsWith(sha) === true
}

function eventOf(task: StoredTask, gate: Gate): Event {
  if (gate === 'publish') return 'woke'
  if (gate === 'result') return 'approved'
  return task.classification && changesFiles(task.classification) ? 'approved' : 'approved_without_code'
}

/** Names what can be approved now, so that nobody has to look for it. */
function stale(task: StoredTask, gate: Gate, sha: string | null) {
  const suggestions = [`/supervise approve ${shownAt(task, gate)?.slice(0, 7) ?? ''}`.trim()]
  return {
    reply: { kind: 'refusal', reasonCode: 'approval_stale', word: sha?.slice(0, 12) ?? '', suggestions },
  } as const
}

function refusal(reasonCode: 'nothing_to_approve' | 'approval_not_counted' | 'changes_pending') {
  return { reply: { kind: 'refusal', reasonCode, word: 'approve', suggestions: [] } } as const
}
