import type { Sight } from './sight.ts'

/** Lets the time pass until the waiting tasks are looked at for reactions, and waits until they have been. */
export async function lookForReactions({ query, until, settled }: Sight): Promise<void> {
  await settled()
  await query(
    `insert into reaction_polls (task_id, version, next_at) select id, version, now() from tasks where waiting_on is not null
     on conflict (task_id) do update set version = excluded.version, next_at = now()`,
  )
  await query(`select graphile_worker.add_job('reactions', job_key => 'reactions')`)
  await until('look for reactions', async () => {
    const due = await query(
      `select 1 from reaction_polls p join tasks t on t.id = p.task_id
       where t.waiting_on is not null and (p.next_at <= now() or p.seen = '{}')
       -- Taken is not looked at: the one who does so is done when its job is gone.
       union all select 1 from graphile_worker.jobs where task_identifier = 'reactions'`,
    )
    return due.length === 0
  })
  await settled()
}
