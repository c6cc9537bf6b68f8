import type { Database, Tx } from './database.ts'

/** The operator lets nothing run: no step begins, people are answered. */
export interface Hold {
  /** Steps under way are stopped; else they come to their end. */
  readonly interrupts: boolean
  readonly why: string
  readonly since: Date
}

/** null: everything runs. */
export async function readHold(db: Database): Promise<Hold | null> {
  return db.prisma.serviceHold.findUnique({ where: { id: 1 }, select: { interrupts: true, why: true, since: true } })
}

/**
 * Whether the hold stands, and goes on standing until this transaction is over: lifting it waits for that, and then
 * finds the task that was put to rest here.
 */
export async function keepHold(tx: Tx): Promise<boolean> {
  return (await tx.$queryRaw<unknown[]>`select 1 from service_hold where id = 1 for share`).length > 0
}

export async function setHold(db: Database, hold: Omit<Hold, 'since'>): Promise<void> {
  const data = { interrupts: hold.interrupts, why: db.text(hold.why.slice(0, 500)) }
  await db.prisma.serviceHold.upsert({ where: { id: 1 }, create: { id: 1, ...data }, update: data })
}

/** Everything may run again: what rests for the hold alone has its time come. @returns how many tasks that are; null = nothing was held */
export async function liftHold(db: Database): Promise<number | null> {
  return db.prisma.$transaction(async (tx) => {
    const { count } = await tx.serviceHold.deleteMany()
    if (count === 0) return null
    // Workers look for what has its time come every few seconds.
    return tx.$executeRaw`
      update tasks set waiting_until = date_trunc('milliseconds', now())
      where waiting_on = 'retry' and reason_code = 'held_by_operator'
        and state not in ('DONE', 'FAILED', 'CANCELLED', 'PAUSED')`
  })
}
