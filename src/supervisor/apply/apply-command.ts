import { advance } from '../../store/advance.ts'
import type { StoredCommand } from '../../store/commands.ts'
import { pendingCommands, settleCommand, settleCommandUnderLease } from '../../store/commands.ts'
import type { Tx } from '../../store/database.ts'
import { databaseTrouble } from '../../store/database-trouble.ts'
import type { Lease } from '../../store/leases.ts'
import { LeaseLost, underLease } from '../../store/leases.ts'
import { touchSurfaces } from '../../store/outbox.ts'
import { readTask } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import { wantReply } from '../accept/replies.ts'
import { approve } from '../commands/approve.ts'
import { flagOf } from '../commands/argument.ts'
import { baseChanged } from '../commands/base-changed.ts'
import { budget } from '../commands/budget.ts'
import { cancel } from '../commands/cancel.ts'
import { ciChanged } from '../commands/ci-changed.ts'
import { clarify } from '../commands/clarify.ts'
import { followUp } from '../commands/follow-up.ts'
import { groundLost } from '../commands/ground-lost.ts'
import { headMoved } from '../commands/head-moved.ts'
import { issueClosed } from '../commands/issue-closed.ts'
import { issueEdited } from '../commands/issue-edited.ts'
import { lookAgain } from '../commands/look-again.ts'
import { pause } from '../commands/pause.ts'
import { plainReply } from '../commands/plain-reply.ts'
import { pullRequestClosed } from '../commands/pull-request-closed.ts'
import { pullRequestReopened } from '../commands/pull-request-reopened.ts'
import { reject } from '../commands/reject.ts'
import { resume } from '../commands/resume.ts'
import { retry } from '../commands/retry.ts'
import { reviewDismissed } from '../commands/review-dismissed.ts'
import { reviewSubmitted } from '../commands/review-submitted.ts'
import { status } from '../commands/status.ts'
import { verifyAgain } from '../commands/verify-again.ts'
import { why } from '../commands/why.ts'
import type { Corridor } from '../corridor.ts'
import type { CommandHandler, CommandResult } from './command.ts'
import { answerWhilePaused } from './while-paused.ts'

/** What can be said to a task: verbs and happenings, one file each. */
export const HANDLERS: Readonly<Record<string, CommandHandler>> = {
  approve,
  reject,
  clarify,
  cancel,
  pause,
  resume,
  retry,
  budget,
  status,
  why,
  follow_up: followUp,
  verify_again: verifyAgain,
  pull_request_synchronized: headMoved,
  pull_request_base_changed: baseChanged,
  issue_edited: issueEdited,
  review_submitted: reviewSubmitted,
  review_dismissed: reviewDismissed,
  pull_request_closed: pullRequestClosed,
  pull_request_reopened: pullRequestReopened,
  plain_reply: plainReply,
  issue_closed: issueClosed,
  ci_changed: ciChanged,
  ground_lost: groundLost,
  look_again: lookAgain,
}

/** Commands that do not wait for the running step: it is aborted, its processes are killed. */
const INTERRUPTING = new Set(['cancel', 'pause', 'pull_request_closed'])
export const interrupts = (command: StoredCommand): boolean =>
  INTERRUPTING.has(command.verb) || flagOf(command, 'interrupts')

/** Applies all that people said to a task, in order. Only its lease holder does so. */
export async function applyCommands(corridor: Corridor, lease: Lease): Promise<void> {
  for (const command of await pendingCommands(corridor.db, lease.taskId)) {
    try {
      if (!(await applyOne(corridor, lease, command))) return
    } catch (error) {
      if (error instanceof LeaseLost || error instanceof OperatingError || databaseTrouble(error)) throw error
      // A bug: the command must neither stand in the way of those behind it nor be tried for ever.
      corridor.log.error({ err: error, task_id: lease.taskId, verb: command.verb }, 'applying a command')
      await settleCommandUnderLease(corridor.db, lease, command.id, 'internal_error')
    }
  }
}

function notAvailable({ verb: word }: StoredCommand): CommandResult {
  const reasonCode = 'verb_not_available'
  return { reasonCode, reply: { kind: 'refusal', reasonCode, word, suggestions: [] } }
}

/** @returns false when the task is not as it was read: look again later */
async function applyOne(corridor: Corridor, lease: Lease, command: StoredCommand): Promise<boolean> {
  const task = await readTask(corridor.db, lease.taskId)
  if (!task) return false
  const handler = HANDLERS[command.verb]
  const result: CommandResult =
    answerWhilePaused(task, command) ?? (await handler?.({ corridor, task, command })) ?? notAvailable(command)
  const also = async (tx: Tx): Promise<void> => {
    await result.also?.(tx)
    await settleCommand(tx, command.id, result.reasonCode)
    if (result.reply) await wantReply(corridor.db, tx, task.repository.id, command.issueNumber, result.reply)
  }
  if (result.move) {
    const moved = await advance(corridor.db, lease, task, { ...result.move, actor: command.actor.login, also })
    if (moved === null) return false
  } else {
    await underLease(corridor.db, lease, async (tx) => {
      await also(tx)
      await touchSurfaces(tx, task.id, command.verb === 'status' ? 'asked' : 'changed')
    })
  }
  corridor.log.info(
    { task_id: task.id, verb: command.verb, actor: command.actor.login, reason_code: result.reasonCode },
    'command applied',
  )
  return true
}
