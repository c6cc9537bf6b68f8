import { insertCommand } from '../../store/commands.ts'
import { isInboxBehind } from '../../store/known-sources.ts'
import { openTasksOfRepository } from '../../store/tasks.ts'
import type { Watched, WatchMarks } from '../../store/watched-repositories.ts'
import { endTurn, takeTurn, watchOpenTasks } from '../../store/watched-repositories.ts'
import { OperatingError } from '../../task/errors.ts'
import { isAllowed } from '../accept/accept.ts'
import { storeActivity } from '../accept/activity.ts'
import { spellingOf } from '../accept/spelling.ts'
import type { Corridor } from '../corridor.ts'
import { messageOf } from '../work/after-failure.ts'
import { isSuspicious } from '../work/find-out.ts'
import { readComments, readLineComments } from './comments.ts'
import { readPull } from './pulls.ts'
import { goesOn, type Round, unlessGone } from './round.ts'
import { readThreads } from './threads.ts'

const MINUTE_MS = 60_000
/** Between two turns of a repository with an open task, and of one without; longer while nothing is found. */
const BUSY_MS = 5 * MINUTE_MS
const IDLE_MS = 15 * MINUTE_MS
const LONGEST_MS = 15 * MINUTE_MS
/** So many turns without news make the pause longer by as much as the first one was. */
const QUIET_ROUNDS = 3
const SOON_MS = MINUTE_MS
const GONE_MS = 60 * MINUTE_MS
/** Pull requests are looked at when GitHub lists them as changed, and in every third turn all the same. */
const PULLS_EVERY = 3
const MAX_PULLS = 10
const MAX_ASKED = 50
const MAX_TURNS = 20
const MAX_CALLS = 40

/**
 * Compares the repositories whose turn it is with GitHub, so that a command that nobody delivered is found (SPEC 13.3).
 * A turn costs two requests when there is nothing new.
 */
export async function reconcileDue(corridor: Corridor, stopping: () => boolean): Promise<void> {
  await storeActivity(corridor, BUSY_MS)
  await watchOpenTasks(corridor.db, BUSY_MS)
  for (let turns = 0; turns < MAX_TURNS && !stopping(); turns++) {
    const watched = await takeTurn(corridor.db)
    if (!watched) return
    await reconcile(corridor, watched, stopping)
  }
}

async function reconcile(corridor: Corridor, watched: Watched, stopping: () => boolean): Promise<void> {
  const { repository, quietRounds } = watched
  const end = (marks: WatchMarks, quiet: number, pauseMs: number, error: unknown = null): Promise<void> => {
    const dueAt = new Date(Date.now() + pauseMs)
    const told = error instanceof OperatingError && error.retryAt && error.retryAt > dueAt ? error.retryAt : dueAt
    const turn = { marks, quietRounds: quiet, dueAt: told, error: error === null ? null : messageOf(error) }
    return endTurn(corridor.db, repository.id, turn)
  }
  if (await isInboxBehind(corridor.db)) return end(watched.marks, quietRounds, SOON_MS)
  try {
    if (!(await isAllowed(corridor, repository))) return await end(watched.marks, quietRounds, GONE_MS)
    const { marks, found, hasMore } = await playRound(corridor, watched, stopping)
    const quiet = found === 0 ? quietRounds + 1 : 0
    await end(marks, quiet, hasMore ? SOON_MS : pauseAfter(watched.hasOpenTask, quiet))
  } catch (error) {
    const passes = error instanceof OperatingError && error.failureClass === 'transient'
    corridor.log.warn({ err: error, repository: `${repository.owner}/${repository.name}` }, 'comparing with GitHub')
    if (isSuspicious(error)) await askTasks(corridor, watched, error)
    // The marks stay where they were: what was brought in already is known by its id.
    await end(watched.marks, quietRounds, passes ? BUSY_MS : GONE_MS, error)
  }
}

/** The repository may be gone, and nobody told: whoever holds a task looks what is left of what it stands on. */
async function askTasks(
  { db, github }: Corridor,
  { repository, rounds }: Watched,
  error: OperatingError,
): Promise<void> {
  const bot = await github.botUser()
  for (const task of await openTasksOfRepository(db, repository.id, MAX_ASKED)) {
    await db.prisma.$transaction((tx) =>
      insertCommand(db, tx, {
        sourceKey: `look_again:${task.id}:${rounds}`,
        deliveryId: null,
        taskId: task.id,
        repositoryId: repository.id,
        issueNumber: task.issueNumber,
        verb: 'look_again',
        argument: { reasonCode: error.reasonCode, message: messageOf(error) },
        actor: { ...bot, type: 'Bot' },
        permission: 'none',
        settledAs: null,
      }),
    )
  }
}

const pauseAfter = (hasOpenTask: boolean, quietRounds: number): number =>
  hasOpenTask ? Math.min(BUSY_MS * (1 + Math.floor(quietRounds / QUIET_ROUNDS)), LONGEST_MS) : IDLE_MS

async function playRound(
  corridor: Corridor,
  watched: Watched,
  stopping: () => boolean,
): Promise<{ marks: WatchMarks; found: number; hasMore: boolean }> {
  const { repository, marks } = watched
  const round: Round = {
    corridor,
    repository,
    options: {
      botUserId: (await corridor.github.botUser()).id,
      ...(await spellingOf(corridor, repository)),
    },
    stopping,
    callsLeft: MAX_CALLS,
    found: 0,
    pullsSeen: new Set(),
  }
  const comments = await readComments(round, marks.comments)
  const threads = await readThreads(round, marks.threads)
  // A comment on a line changes its pull request: without that there is none.
  const lineComments =
    threads.sawPull && goesOn(round)
      ? await readLineComments(round, marks.lineComments)
      : { mark: marks.lineComments, hasMore: false }
  if (watched.hasOpenTask && watched.rounds % PULLS_EVERY === 0) await readOpenPulls(round)
  return {
    marks: { comments: comments.mark, threads: threads.mark, lineComments: lineComments.mark },
    found: round.found,
    hasMore: comments.hasMore || threads.hasMore || lineComments.hasMore,
  }
}

async function readOpenPulls(round: Round): Promise<void> {
  const tasks = await openTasksOfRepository(round.corridor.db, round.repository.id, MAX_PULLS)
  for (const { pullNumber } of tasks)
    if (pullNumber !== null && goesOn(round)) await unlessGone(round, () => readPull(round, pullNumber))
}
