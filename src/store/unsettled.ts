import { Prisma } from '../generated/prisma/client.ts'
import { isFinal, STATES } from '../task/states.ts'
import type { WaitingOn } from '../task/task.ts'
import type { Database } from './database.ts'

/** What is waited for and ends without anybody's doing, soon enough for a process that cannot stay. */
const PASSING: readonly WaitingOn[] = ['ci', 'capacity', 'retry']
/** A rest that a timer ends within this time is worth waiting for. */
const SOON_SECONDS = 300

/**
 * Whether anything of a repository is still on its way by itself: a delivery, a command, a task that works, or a write to GitHub.
 * A task that rests until a person acts is settled.
 * @param deliveryId null = none in particular
 */
export async function isUnsettled(
  db: Database,
  repositoryId: number | null,
  deliveryId: string | null,
): Promise<boolean> {
  const open = STATES.filter((state) => !isFinal(state) && state !== 'PAUSED')
  const [row] = await db.prisma.$queryRaw<{ unsettled: boolean }[]>`
    select exists (select 1 from deliveries where id = ${deliveryId} and status = 'received')
      or exists (select 1 from tasks where repository_id = ${repositoryId} and state in (${Prisma.join(open)})
        and (waiting_on is null or waiting_on in (${Prisma.join([...PASSING])})
          or waiting_until < now() + make_interval(secs => ${SOON_SECONDS})))
      or exists (select 1 from commands c join tasks t on t.id = c.task_id
        where t.repository_id = ${repositoryId} and t.state in (${Prisma.join(open)}) and c.applied_at is null)
      or exists (select 1 from outbox where repository_id = ${repositoryId} and sent < wanted and dead_at is null)
      as unsettled`
  return row?.unsettled ?? true
}
