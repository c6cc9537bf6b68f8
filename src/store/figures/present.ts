import { FINAL_STATES, STATES } from '../../task/states.ts'
import type { Database } from '../database.ts'

/** How the service stands just now, by the database's clock. Ages in seconds; 0 where nothing waits. */
export interface PresentFigures {
  readonly openTasks: readonly { readonly state: string; readonly waitingOn: string; readonly count: number }[]
  /** Tasks that a worker holds, and how long the one that has not moved for longest stands still. */
  readonly leases: { readonly held: number; readonly oldestSeconds: number }
  /** Tasks that a worker held and nobody does now, and that could go on: a sweep should have taken them up. */
  readonly stranded: { readonly count: number; readonly oldestSeconds: number }
  readonly inbox: Waiting
  readonly commands: Waiting
  readonly queue: Waiting
  readonly capacity: Waiting
  readonly outbox: readonly ({ readonly surface: string } & Waiting)[]
  /** Surfaces that were given up within the last day. */
  readonly givenUp: number
  /** Whether the operator lets nothing run. */
  readonly onHold: boolean
  /** At most 50 installations, those heard of last. */
  readonly rates: readonly {
    readonly installationId: string
    readonly most: number
    readonly remaining: number
    readonly writesLastHour: number
    readonly heldSeconds: number
  }[]
}

interface Waiting {
  readonly count: number
  readonly oldestSeconds: number
}

/** Named one by one, so that an index finds them among very many ended tasks. */
const OPEN: string[] = STATES.filter((state) => !(FINAL_STATES as readonly string[]).includes(state))

/** A handful of queries, each over what is open or waits, never over what has ended. */
export async function presentFigures({ prisma }: Database): Promise<PresentFigures> {
  const [openTasks, [leases], [stranded], [inbox], [commands], [queue], [capacity], outbox, [givenUp], rates, holds] =
    await Promise.all([
      prisma.$queryRaw<PresentFigures['openTasks']>`
        select state, coalesce(waiting_on, 'nothing') as "waitingOn", count(*)::int as count
        from tasks where state = any(${OPEN}) group by 1, 2`,
      prisma.$queryRaw<PresentFigures['leases'][]>`
        select count(*)::int as held, coalesce(extract(epoch from now() - min(t.updated_at)), 0)::float8 as "oldestSeconds"
        from tasks t join leases l on l.task_id = t.id where t.state = any(${OPEN}) and l.until > now()`,
      prisma.$queryRaw<Waiting[]>`
        select count(*)::int as count, coalesce(extract(epoch from now() - min(l.until)), 0)::float8 as "oldestSeconds"
        from tasks t join leases l on l.task_id = t.id
        where t.state = any(${OPEN}) and t.state <> 'PAUSED' and t.waiting_on is null and l.until <= now()`,
      prisma.$queryRaw<Waiting[]>`
        select count(*)::int as count, coalesce(extract(epoch from now() - min(received_at)), 0)::float8 as "oldestSeconds"
        from deliveries where status = 'received'`,
      prisma.$queryRaw<Waiting[]>`
        select count(*)::int as count, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "oldestSeconds"
        from commands where applied_at is null`,
      prisma.$queryRaw<Waiting[]>`
        select count(*)::int as count, coalesce(extract(epoch from now() - min(run_at)), 0)::float8 as "oldestSeconds"
        from graphile_worker.jobs where run_at <= now() and locked_at is null and attempts < max_attempts`,
      prisma.$queryRaw<Waiting[]>`
        select count(*)::int as count, coalesce(extract(epoch from now() - min(updated_at)), 0)::float8 as "oldestSeconds"
        from tasks where state = any(${OPEN}) and waiting_on = 'capacity'`,
      // What waits for its time is not late: the age counts from when it might have been written.
      prisma.$queryRaw<PresentFigures['outbox']>`
        select surface, count(*)::int as count,
          coalesce(greatest(extract(epoch from now() - min(not_before)), 0), 0)::float8 as "oldestSeconds"
        from outbox where wanted > sent and dead_at is null group by surface`,
      prisma.$queryRaw<{ count: number }[]>`
        select count(*)::int as count from outbox where dead_at > now() - interval '1 day'`,
      prisma.$queryRaw<PresentFigures['rates']>`
        select r.installation_id::text as "installationId", r.most,
          case when r.resets_at > now() then r.remaining else r.most end as remaining,
          (select count(*)::int from content_writes w
            where w.installation_id = r.installation_id and w.at > now() - interval '1 hour') as "writesLastHour",
          coalesce((select greatest(extract(epoch from h.until - now()), 0) from rate_holds h
            where h.installation_id = r.installation_id), 0)::float8 as "heldSeconds"
        from rate_readings r order by r.at desc limit 50`,
      prisma.serviceHold.count(),
    ])
  const none: Waiting = { count: 0, oldestSeconds: 0 }
  return {
    openTasks,
    leases: leases ?? { held: 0, oldestSeconds: 0 },
    stranded: stranded ?? none,
    inbox: inbox ?? none,
    commands: commands ?? none,
    queue: queue ?? none,
    capacity: capacity ?? none,
    outbox,
    givenUp: givenUp?.count ?? 0,
    onHold: holds > 0,
    rates,
  }
}
