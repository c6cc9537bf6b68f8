import type { Database, Tx } from './database.ts'

/** The right to work on one task. `epoch` rises with each new owner: the fencing token of every write. */
export interface Lease {
  readonly taskId: string
  readonly owner: string
  readonly epoch: number
}

/** Thrown when a write comes too late: another worker owns the task now. Stop quietly, write nothing more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** Shorter than people's patience, longer than any pause of a healthy process. */
export const LEASE_MS = 15_000
export const HEARTBEAT_MS = 2_000

/** Takes a free or expired lease. Database time only: clocks of machines differ. */
export async function takeLease(db: Database, taskId: string, owner: string): Promise<Lease | null> {
  const rows = await db.prisma.$queryRaw<{ epoch: number }[]>`
    insert into leases (task_id, owner, epoch, until)
    select ${taskId}, ${owner}, 1, now() + make_interval(secs => ${LEASE_MS / 1000})
    where exists (select 1 from tasks where id = ${taskId})
    on conflict (task_id) do update
      set owner = excluded.owner, epoch = leases.epoch + 1, until = excluded.until
      where leases.until <= now()
    returning epoch`
  const epoch = rows[0]?.epoch
  return epoch === undefined ? null : { taskId, owner, epoch }
}

/** False: the lease is somebody else's now. */
export async function renewLease(db: Database, lease: Lease): Promise<boolean> {
  const renewed = await db.prisma.$executeRaw`
    update leases set until = now() + make_interval(secs => ${LEASE_MS / 1000})
    where task_id = ${lease.taskId} and owner = ${lease.owner} and epoch = ${lease.epoch} and until > now()`
  return renewed === 1
}

/** Gives the task back; the row stays, so that the epoch keeps rising. Rounded down: free at once, not in half a millisecond. */
export async function releaseLease(db: Database, lease: Lease): Promise<void> {
  await db.prisma.$executeRaw`
    update leases set until = date_trunc('milliseconds', now()) where task_id = ${lease.taskId} and owner = ${lease.owner} and epoch = ${lease.epoch}`
}

/**
 * Runs writes that only the lease holder may make. The lease row is share-locked until commit, so nobody can take the
 * task over between the check and the writes. Throws LeaseLost.
 */
export async function underLease<T>(db: Database, lease: Lease, writes: (tx: Tx) => Promise<T>): Promise<T> {
  return db.prisma.$transaction(async (tx) => {
    const held = await tx.$queryRaw<unknown[]>`
      select 1 from leases
      where task_id = ${lease.taskId} and owner = ${lease.owner} and epoch = ${lease.epoch} and until > now()
      for share`
    if (held.length === 0) throw new LeaseLost(`task ${lease.taskId} is no longer ours (epoch ${lease.epoch})`)
    return writes(tx)
  })
}
