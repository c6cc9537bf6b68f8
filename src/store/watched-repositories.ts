import { Prisma } from '../generated/prisma/client.ts'
import { isFinal, STATES } from '../task/states.ts'
import type { RepositoryRef } from '../task/task.ts'
import type { Database } from './database.ts'
import { saveRepository } from './repositories.ts'
import { toRepositoryRef } from './task-row.ts'

/** A repository whose turn it is to be compared with GitHub. */
export interface Watched {
  readonly repository: RepositoryRef
  /** Up to where comments, issues with pull requests, and comments on lines have been read. */
  readonly marks: WatchMarks
  readonly hasOpenTask: boolean
  /** Turns so far, and how many of the last ones brought nothing new. */
  readonly rounds: number
  readonly quietRounds: number
}

export interface WatchMarks {
  readonly comments: Date
  readonly threads: Date
  readonly lineComments: Date
}

/** So long after the last sign of life a repository without open tasks is still looked at. */
const ACTIVE_DAYS = 7
/** So long a turn that was taken is hidden from others; one that was never finished (a crash) comes back after it. */
const CLAIM_SECONDS = 5 * 60

/** By their states, because there is an index of those: most tasks are over. */
const WITH_OPEN_TASK = Prisma.sql`
  select distinct repository_id from tasks where state in (${Prisma.join(STATES.filter((s) => !isFinal(s)))})`

/**
 * Something was delivered from these repositories: they are watched, from now on if they were not.
 * @param firstAfterMs when a new one has its first turn
 */
export async function watchRepositories(
  db: Database,
  seen: readonly { readonly repository: RepositoryRef; readonly at: Date }[],
  firstAfterMs: number,
): Promise<void> {
  for (const { repository, at } of seen) {
    await db.prisma.$transaction(async (tx) => {
      await saveRepository(tx, repository)
      await tx.$executeRaw`
        insert into watched_repositories
          (repository_id, active_at, due_at, comments_since, threads_since, line_comments_since)
        values (${repository.id}, ${at}, now() + make_interval(secs => ${firstAfterMs / 1_000}), ${at}, ${at}, ${at})
        on conflict (repository_id) do update set active_at = greatest(watched_repositories.active_at, excluded.active_at)`
    })
  }
}

/** Repositories with an open task are watched, too, from when we first heard of them. */
export async function watchOpenTasks(db: Database, firstAfterMs: number): Promise<void> {
  await db.prisma.$executeRaw`
    insert into watched_repositories
      (repository_id, active_at, due_at, comments_since, threads_since, line_comments_since)
    select r.id, now(), now() + make_interval(secs => ${firstAfterMs / 1_000}), r.created_at, r.created_at, r.created_at
    from repositories r
    where r.id in (${WITH_OPEN_TASK}) and r.id not in (select repository_id from watched_repositories)
    on conflict do nothing`
}

/** Takes the turn of the repository that has waited longest. Of several workers one gets it. */
export async function takeTurn(db: Database): Promise<Watched | null> {
  const rows = await db.prisma.$queryRaw<TurnRow[]>`
    with open as (${WITH_OPEN_TASK}),
    due as (
      select w.repository_id, w.repository_id in (select repository_id from open) as has_open_task
      from watched_repositories w
      join repositories r on r.id = w.repository_id
      left join installations i on i.id = r.installation_id
      where w.due_at <= now() and i.suspended_at is null and i.removed_at is null
        and (w.active_at > now() - make_interval(days => ${ACTIVE_DAYS}::int)
          or w.repository_id in (select repository_id from open))
      order by w.due_at limit 1 for update of w skip locked)
    update watched_repositories w
    set due_at = now() + make_interval(secs => ${CLAIM_SECONDS})
    from due where w.repository_id = due.repository_id
    returning w.*, due.has_open_task`
  const row = rows[0]
  const repository = row ? await db.prisma.repository.findUnique({ where: { id: row.repository_id } }) : null
  if (!row || !repository) return null
  return {
    repository: toRepositoryRef(repository),
    marks: { comments: row.comments_since, threads: row.threads_since, lineComments: row.line_comments_since },
    hasOpenTask: row.has_open_task,
    rounds: row.rounds,
    quietRounds: row.quiet_rounds,
  }
}

/** The turn is over. @param dueAt of the next one */
export async function endTurn(
  db: Database,
  repositoryId: number,
  turn: {
    readonly marks: WatchMarks
    readonly quietRounds: number
    readonly dueAt: Date
    readonly error: string | null
  },
): Promise<void> {
  await db.prisma.watchedRepository.update({
    where: { repositoryId: BigInt(repositoryId) },
    data: {
      commentsSince: turn.marks.comments,
      threadsSince: turn.marks.threads,
      lineCommentsSince: turn.marks.lineComments,
      rounds: { increment: 1 },
      quietRounds: turn.quietRounds,
      dueAt: turn.dueAt,
      lastError: turn.error === null ? null : db.text(turn.error.slice(0, 2_000)),
    },
  })
}

interface TurnRow {
  readonly repository_id: bigint
  readonly comments_since: Date
  readonly threads_since: Date
  readonly line_comments_since: Date
  readonly has_open_task: boolean
  readonly rounds: number
  readonly quiet_rounds: number
}
