import { insertCommand } from '../../store/commands.ts'
import { remoteIdOf, wantLooseSurface } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { openTasksOf } from '../../store/tasks.ts'
import type { PlainReply } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'
import { mayWrite, permissionOfActor } from './permission.ts'
import { wantReply } from './replies.ts'

/**
 * A comment that is no command answers the questions of a task that waits for its author (SPEC 1.1). Every other one, and
 * that is almost every comment there is, leaves no trace.
 */
export async function acceptPlainReply(corridor: Corridor, deliveryId: string, reply: PlainReply): Promise<ReasonCode> {
  const { db } = corridor
  const asked: StoredTask[] = []
  for (const task of await openTasksOf(db.prisma, reply.repository.id, reply.issueNumber))
    if (isAskingFor(task, reply) && (await isAfterQuestion(corridor, task, reply))) asked.push(task)
  const [task] = asked
  if (!task) return 'not_a_command'
  const permission = await permissionOfActor(corridor, reply.repository, reply.actor)
  if (!mayWrite(permission)) return 'actor_without_write_access'
  const several = asked.length > 1
  await db.prisma.$transaction(async (tx) => {
    const isNew = await insertCommand(db, tx, {
      sourceKey: reply.sourceKey,
      deliveryId,
      taskId: several ? null : task.id,
      repositoryId: reply.repository.id,
      issueNumber: reply.issueNumber,
      verb: reply.kind,
      argument: { argument: reply.body, at: reply.at },
      actor: reply.actor,
      permission: permission.level,
      settledAs: several ? 'several_open_tasks' : null,
    })
    if (!isNew) return
    const { commentId } = reply
    const where = { repositoryId: BigInt(reply.repository.id), issueNumber: reply.issueNumber }
    await wantLooseSurface(tx, where, 'reaction', `reaction:issue_comment:${commentId}`, {
      commentId,
      commentKind: 'issue_comment',
      content: 'eyes',
    })
    if (several)
      await wantReply(db, tx, reply.repository.id, reply.issueNumber, {
        kind: 'refusal',
        reasonCode: 'several_open_tasks',
        word: 'clarify',
        suggestions: asked.map((t) => `/supervise clarify <answer> --task ${t.id}`),
      })
  })
  return 'command_accepted'
}

function isAskingFor(task: StoredTask, { actor }: PlainReply): boolean {
  return task.state === 'CLARIFY' && task.waitingOn === 'clarification' && task.requester.id === actor.id
}

/**
 * What was written before the question was asked does not answer it. Comments are numbered in the order in which they come,
 * which no clock has a part in; only where the question could not be written do the times decide (GitHub's are whole
 * seconds, rounded down).
 */
async function isAfterQuestion({ db }: Corridor, task: StoredTask, reply: PlainReply): Promise<boolean> {
  const question = await remoteIdOf(db, task.id, 'asking')
  if (question !== null) return reply.commentId > Number(question)
  return Date.parse(reply.at) + 1_000 >= task.updatedAt.getTime()
}
