import type { Reactor, SeenReactions } from '../../github/comment-reactions.ts'
import { countReactions, listReactors } from '../../github/comment-reactions.ts'
import { insertCommand, knownCommands } from '../../store/commands.ts'
import type { ReactionPoll } from '../../store/reaction-polls.ts'
import { savePoll, takePoll } from '../../store/reaction-polls.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { readTask } from '../../store/tasks.ts'
import { mayWrite, permissionOfActor } from '../accept/permission.ts'
import type { Corridor } from '../corridor.ts'

const MINUTE_MS = 60_000

/** How often a waiting task is looked at: the longer it has waited, the less often. */
const PACE = [
  { untilMs: 10 * MINUTE_MS, everyMs: MINUTE_MS },
  { untilMs: 120 * MINUTE_MS, everyMs: 5 * MINUTE_MS },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: 15 * MINUTE_MS },
] as const

/** A crowd can react; each of them costs a question about what they may do. The others have their turn with the next look. */
const MAX_NEW = 50

/**
 * GitHub sends no webhook for reactions: 👍 and 👎 on the comment that asks, and 👎 on the living one, are looked for while
 * a task waits for a yes (SPEC 11.2). Whoever calls takes what is due; the others take the rest.
 */
export async function pollReactions(corridor: Corridor, stopping: () => boolean): Promise<void> {
  while (!stopping()) {
    const poll = await takePoll(corridor.db)
    if (!poll) return
    try {
      await pollTask(corridor, poll)
    } catch (error) {
      corridor.log.warn({ err: error, task_id: poll.taskId }, 'looking for reactions')
    }
  }
}

export const pauseAfter = (waitingMs: number): number =>
  (PACE.find(({ untilMs }) => waitingMs < untilMs) ?? PACE[2]).everyMs

async function pollTask(corridor: Corridor, poll: ReactionPoll): Promise<void> {
  const task = await readTask(corridor.db, poll.taskId)
  if (!task || task.version !== poll.version) return
  const seen: Record<string, SeenReactions> = {}
  for (const [commentId, contents] of placesOf(poll)) {
    const looked = await look(corridor, task, commentId, contents, seenBefore(poll, commentId))
    const isAll = await obey(corridor, task, looked.reactors)
    if (looked.seen !== null && isAll) seen[commentId] = looked.seen
  }
  await savePoll(corridor.db, poll, seen, pauseAfter(poll.waitingMs))
}

function placesOf({ askingId, livingId }: ReactionPoll): [number, readonly Reactor['content'][]][] {
  const asking: [number, readonly Reactor['content'][]] = [askingId, ['+1', '-1']]
  return livingId === null ? [asking] : [asking, [livingId, ['-1']]]
}

/** Who reacted is only asked where a count is not what it was. */
async function look(
  { github }: Corridor,
  { repository }: StoredTask,
  commentId: number,
  contents: readonly Reactor['content'][],
  before: SeenReactions | null,
): Promise<{ seen: SeenReactions | null; reactors: Reactor[] }> {
  const counts = await countReactions(github, repository, commentId, before)
  if (counts.kind !== 'seen') return { seen: counts.kind === 'gone' ? null : before, reactors: [] }
  const { kind: _kind, ...seen } = counts
  const reactors: Reactor[] = []
  for (const content of contents) {
    const [now, then] = content === '+1' ? [seen.up, before?.up] : [seen.down, before?.down]
    if (now > 0 && now !== then) reactors.push(...(await listReactors(github, repository, commentId, content)))
  }
  return { seen, reactors }
}

/**
 * Each reaction becomes one command, whoever sees it. What somebody without write access gave is remembered too, so that
 * nobody is asked about twice. @returns whether none was left for the next time
 */
async function obey(corridor: Corridor, task: StoredTask, reactors: readonly Reactor[]): Promise<boolean> {
  const { db } = corridor
  const people = reactors.filter(({ actor }) => actor.type === 'User')
  const known = await knownCommands(db, people.map(keyOf))
  const fresh = people.filter((r) => !known.has(keyOf(r)))
  for (const reactor of fresh.slice(0, MAX_NEW)) {
    const { actor, content, at } = reactor
    const permission = await permissionOfActor(corridor, task.repository, actor)
    await db.prisma.$transaction((tx) =>
      insertCommand(db, tx, {
        sourceKey: keyOf(reactor),
        deliveryId: null,
        taskId: task.id,
        repositoryId: task.repository.id,
        issueNumber: task.issueNumber,
        verb: content === '+1' ? 'approve' : 'cancel',
        argument: { source: 'reaction', version: task.version, at },
        actor,
        permission: permission.level,
        settledAs: mayWrite(permission) ? null : 'actor_without_write_access',
      }),
    )
  }
  return fresh.length <= MAX_NEW
}

const keyOf = ({ reactionId }: Reactor): string => `reaction:${reactionId}`

function seenBefore({ seen }: ReactionPoll, commentId: number): SeenReactions | null {
  const found = Object.hasOwn(seen, commentId) ? (seen[commentId] as Partial<SeenReactions>) : null
  if (typeof found?.up !== 'number' || typeof found.down !== 'number' || typeof found.token !== 'string') return null
  return { up: found.up, down: found.down, etag: found.etag ?? null, token: found.token }
}
