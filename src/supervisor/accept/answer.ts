import type { Reply } from '../../report/view.ts'
import { insertCommand } from '../../store/commands.ts'
import type { Tx } from '../../store/database.ts'
import { wantLooseSurface } from '../../store/outbox.ts'
import { saveRepository } from '../../store/repositories.ts'
import type { Command } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'
import { wantReply } from './replies.ts'

/** Where a command came from and what its sender may do, read from GitHub just now. */
export interface AcceptedCommand {
  readonly command: Command
  readonly permission: string
  readonly deliveryId: string
}

/** Answers a command that starts nothing: stored as settled, a reaction, one short reply. */
export async function answer(
  corridor: Corridor,
  { command, permission, deliveryId }: AcceptedCommand,
  reasonCode: ReasonCode,
  reply: Reply,
): Promise<void> {
  const { repository, issueNumber } = command.place
  await corridor.db.prisma.$transaction(async (tx) => {
    await saveRepository(tx, repository)
    const isNew = await insertCommand(corridor.db, tx, {
      sourceKey: command.sourceKey,
      deliveryId,
      taskId: null,
      repositoryId: repository.id,
      issueNumber,
      verb: command.parsed.kind === 'verb' ? command.parsed.verb : 'mistake',
      argument: command.parsed,
      actor: command.actor,
      permission,
      settledAs: reasonCode,
    })
    if (!isNew) return
    await wantReaction(tx, command)
    await wantReply(corridor.db, tx, repository.id, issueNumber, reply)
  })
}

/** 👀 on the command: somebody heard it. A label that was a command is taken off, so that it can be put back (SPEC 1.4). */
export async function wantReaction(tx: Tx, command: Command): Promise<void> {
  const { repository, issueNumber, commentId, commentKind } = command.place
  const where = { repositoryId: BigInt(repository.id), issueNumber }
  // Only that one: the thread's other labels are people's.
  if (command.label !== undefined)
    await wantLooseSurface(tx, where, 'label_removal', `label:${command.sourceKey}`, { label: command.label })
  if (commentId === null || commentKind === 'review') return
  await wantLooseSurface(tx, where, 'reaction', `reaction:${commentKind}:${commentId}`, {
    commentId,
    commentKind,
    content: 'eyes',
  })
}
