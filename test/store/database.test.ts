import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { advance } from '../../src/store/advance.ts'
import { approvalsOf, storeApproval } from '../../src/store/approvals.ts'
import { insertCommand } from '../../src/store/commands.ts'
import { openDatabase } from '../../src/store/database.ts'
import { databaseTrouble } from '../../src/store/database-trouble.ts'
import { failDelivery, storeDeliveries, takeDeliveries } from '../../src/store/deliveries.ts'
import type { Lease } from '../../src/store/leases.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { nextDue } from '../../src/store/outbox-sending.ts'
import { wake } from '../../src/store/queue.ts'
import { strandedTasks, surfaceOwner } from '../../src/store/tasks.ts'
import { OperatingError } from '../../src/task/errors.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'

const MINUTE = 60_000
const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * MINUTE)

describe('the sweep for stranded tasks', () => {
  let store: TestStore
  beforeAll(async () => {
    store = await openTestStore()
  })
  afterAll(() => store.close())

  test('puts those that wait for a place last, and finds a command that an ended task has left', async () => {
    const [waiting, ended, fresh] = [await store.newTask(), await store.newTask(), await store.newTask()]
    const rest = { waitingOn: 'capacity', until: inMinutes(-1) } as const
    const at = await store.walk(await store.lease(waiting), 'EXECUTE')
    await advance(store.db, await leaseOf(waiting), at, { event: 'limited', reasonCode: 'no_slot_free', rest })
    await store.walk(await store.lease(ended), 'CANCELLED')
    for (const id of [waiting, ended]) await store.expire(id)
    expect(await strandedTasks(store.db, 100)).toEqual([fresh, waiting])
    const { requester: actor, issueNumber } = await store.task(ended)
    const happened = { sourceKey: 'pull_request_closed:1', verb: 'pull_request_closed', argument: { merged: true } }
    const where = { taskId: ended, repositoryId: REPOSITORY.id, issueNumber, deliveryId: null }
    await store.db.prisma.$transaction((tx) =>
      insertCommand(store.db, tx, { ...happened, ...where, actor, permission: 'none', settledAs: null }),
    )
    expect(await strandedTasks(store.db, 2)).toEqual([ended, fresh])
  })

  test('finds one whose publication has arrived without waking it, or never will arrive', async () => {
    const [published, refused, under] = [await store.newTask(), await store.newTask(), await store.newTask()]
    const rest = { waitingOn: 'ci', until: inMinutes(5) } as const
    const patch = { headSha: 'a'.repeat(40) }
    for (const id of [published, refused, under]) {
      const at = await store.walk(await store.lease(id), 'REPORT', { patch })
      await advance(store.db, await leaseOf(id), at, { event: 'published', reasonCode: 'pull_request_opened', rest })
      await store.expire(id)
    }
    const before = await strandedTasks(store.db, 100)
    for (const id of [published, refused, under]) expect(before).not.toContain(id)
    await store.sql('update tasks set pushed_sha = head_sha, pull_number = 7 where id = $1', [published])
    await wantSurface(store.db.prisma, surfaceOwner(await store.task(refused)), 'branch')
    await store.sql('update outbox set dead_at = now() where task_id = $1', [refused])
    const after = await strandedTasks(store.db, 100)
    expect(after).toEqual(expect.arrayContaining([published, refused]))
    expect(after).not.toContain(under)
  })

  const leaseOf = async (id: string): Promise<Lease> => {
    await store.expire(id)
    return store.lease(id)
  }
})

// The embedded Postgres takes its zone from the machine, an operator's server has any: hours must not get lost.
describe.each(['Asia/Kolkata', 'America/Los_Angeles'])('times on a server in %s', (timeZone) => {
  let store: TestStore
  let id: string
  beforeAll(async () => {
    store = await openTestStore({ timeZone })
  })
  afterAll(() => store.close())
  beforeEach(async () => {
    id = await store.newTask()
  })

  test.each([
    [10, false],
    [-10, true],
  ])('a rest until %i minutes from now is over: %s', async (minutes, isOver) => {
    const lease = await store.lease(id)
    const until = inMinutes(minutes)
    const rest = { waitingOn: 'retry', until } as const
    await advance(
      store.db,
      lease,
      { state: 'INTAKE', version: 0 },
      { event: 'postponed', reasonCode: 'git_failed', rest },
    )
    await store.expire(id)
    expect(await store.task(id)).toMatchObject({ waitingUntil: until })
    expect((await strandedTasks(store.db, 100)).includes(id)).toBe(isOver)
  })

  test('what the database stamps and what we stamp are the same clock', async () => {
    expect(Math.abs((await store.task(id)).createdAt.getTime() - Date.now())).toBeLessThan(30 * MINUTE)
    await wantSurface(store.db.prisma, surfaceOwner(await store.task(id)), 'comment')
    const due = await nextDue(store.db, REPOSITORY.installationId)
    expect(Math.abs((due?.getTime() ?? 0) - Date.now())).toBeLessThan(30 * MINUTE)
  })

  test('a failed delivery waits seconds, not hours', async () => {
    await storeDeliveries(store.db.inboxPool, [{ id: timeZone, event: 'ping', payload: Buffer.from('{}') }])
    await store.sql(`update deliveries set not_before = now() - interval '1 second'`)
    const [taken] = await takeDeliveries(store.db, 1)
    if (!taken) throw new Error('there is nothing to take')
    await failDelivery(store.db, taken, 'no')
    const [row] = await store.sql('select extract(epoch from not_before - now()) as s from deliveries')
    expect(Math.abs(Number(row?.['s']))).toBeLessThan(10 * 60)
  })

  test('an approval that lasts ten minutes stands, one that ended is gone', async () => {
    for (const minutes of [10, -10]) {
      await storeApproval(store.db.prisma, id, {
        gate: 'execute',
        decision: 'approved',
        actor: { id: 5, login: 'approver' },
        permission: 'write',
        source: 'command',
        sourceKey: `${timeZone}:${minutes}`,
        planHash: null,
        snapshotHash: null,
        headSha: null,
        expiresAt: inMinutes(minutes),
      })
    }
    expect((await approvalsOf(store.db, id)).map((a) => a.sourceKey)).toEqual([`${timeZone}:10`])
  })

  test('a wake comes at its time', async () => {
    const at = inMinutes(10)
    await wake(store.db.prisma, { kind: 'task', taskId: id }, at)
    expect(await store.sql('select run_at from graphile_worker.jobs where key = $1', [`task:${id}:later`])).toEqual([
      { run_at: at },
    ])
  })
})

describe('trouble with the database', () => {
  let store: TestStore
  let id: string
  beforeAll(async () => {
    store = await openTestStore()
    id = await store.newTask()
  })
  afterAll(() => store.close())

  const thrownBy = (work: () => Promise<unknown>): Promise<unknown> =>
    work().then(
      () => null,
      (error: unknown) => error,
    )

  test.each(['orm', 'raw', 'commit'])(
    'that passes by itself is known as such: connection lost before %s',
    async (when) => {
      const db = openDatabase({ url: store.db.url, redact: (t) => t, onError: () => undefined })
      const error = await thrownBy(() =>
        db.prisma.$transaction(async (tx) => {
          await store.breakConnection(tx)
          if (when === 'orm') await tx.task.findMany()
          if (when === 'raw') await tx.$queryRaw`select 1`
        }),
      )
      await db.close()
      expect(databaseTrouble(error)).toMatchObject({ failureClass: 'transient', reasonCode: 'database_unavailable' })
    },
  )

  test('a deadlock, a time limit and a server that is not there pass too', async () => {
    const other = await store.newTask()
    const { promise: bothHold, resolve: goOn } = Promise.withResolvers<void>()
    let holding = 0
    const both = async (first: string, second: string): Promise<void> => {
      await store.db.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`select 1 from tasks where id = ${first} for update`
        if (++holding === 2) goOn()
        await bothHold
        await tx.$executeRaw`select 1 from tasks where id = ${second} for update`
      })
    }
    const deadlock = await Promise.all([thrownBy(() => both(id, other)), thrownBy(() => both(other, id))])
    const timeout = await thrownBy(() =>
      store.db.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`set local statement_timeout = 50`
        await tx.$executeRaw`select pg_sleep(5)`
      }),
    )
    const away = openDatabase({ url: 'postgresql://a:b@127.0.0.1:1/x', redact: (t) => t, onError: () => undefined })
    const refused = [
      await thrownBy(() => away.prisma.task.findMany()),
      await thrownBy(() => away.prisma.$queryRaw`select 1`),
    ]
    await away.close()
    for (const error of [deadlock.find((e) => e !== null), timeout, ...refused]) {
      expect(databaseTrouble(error), String(error)).toBeInstanceOf(OperatingError)
    }
  })

  test('that is a bug of ours is not called trouble, and its words show no code of ours', async () => {
    const constraint = await thrownBy(() => store.db.prisma.task.update({ where: { id }, data: { outcome: 'great' } }))
    const missing = await thrownBy(() => store.db.prisma.task.update({ where: { id: 'none' }, data: { feedback: '' } }))
    for (const error of [constraint, missing, new Error('no transition'), null])
      expect(databaseTrouble(error)).toBeNull()
    expect(String(constraint)).not.toMatch(/\.ts|invocation in|→/)
  })
})
