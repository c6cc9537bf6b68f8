// Longer than other files: every promise of one table, over the same rows.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { advance } from '../../src/store/advance.ts'
import type { Lease } from '../../src/store/leases.ts'
import type { Surface } from '../../src/store/outbox.ts'
import { touchSurfaces, wantLooseSurface, wantSurface } from '../../src/store/outbox.ts'
import type { OutboxRow } from '../../src/store/outbox-sending.ts'
import {
  beginWrite,
  dueSurfaces,
  failWrite,
  installationsWithOutbox,
  nextDue,
  storeReceipt,
} from '../../src/store/outbox-sending.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'

const INSTALLATION = REPOSITORY.installationId
const HEAD = 'a'.repeat(40)
const OLD_HEAD = 'b'.repeat(40)

let store: TestStore
let id: string
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  await store.sql('delete from outbox')
  id = await store.newTask()
  await store.sql('delete from graphile_worker._private_jobs')
})

async function want(surface: Surface, part = '', taskId = id): Promise<void> {
  const owner = surfaceOwner(await store.task(taskId))
  await store.db.prisma.$transaction((tx) => wantSurface(tx, owner, surface, part))
}
const touch = (): Promise<void> => store.db.prisma.$transaction((tx) => touchSurfaces(tx, id))
const due = (): Promise<OutboxRow[]> => dueSurfaces(store.db, INSTALLATION, 50)
const dueKinds = async (): Promise<string[]> => (await due()).map((r) => r.surface)
/** Coalescing and pauses are over. */
const timePasses = (): Promise<unknown> =>
  store.sql(`update outbox set not_before = now() - interval '1 second', sent_at = sent_at - interval '2 hours'`)
/** Only coalescing is over. */
const coalesced = (): Promise<unknown> => store.sql(`update outbox set not_before = now() - interval '1 second'`)
const wakes = async (key: string): Promise<number> =>
  (await store.sql('select 1 from graphile_worker.jobs where key = $1', [key])).length

async function dueRow(surface: Surface): Promise<OutboxRow> {
  const row = (await due()).find((r) => r.surface === surface)
  if (!row) throw new Error(`${surface} is not due`)
  return row
}
async function send(surface: Surface, remoteId: string | null = '1'): Promise<void> {
  await storeReceipt(store.db, await dueRow(surface), { hash: `h-${surface}`, remoteId })
}

describe('wanting', () => {
  test('is one row for a surface however often it is wanted, and wakes the sender in the same commit', async () => {
    for (let i = 0; i < 3; i++) await want('comment')
    expect(await due()).toMatchObject([
      { taskId: id, surface: 'comment', key: `${id}:comment`, wanted: 3, remoteId: null },
    ])
    expect(await wakes(`outbox:${INSTALLATION}`)).toBe(1)
  })

  test('that is rolled back wakes nobody', async () => {
    const owner = surfaceOwner(await store.task(id))
    const rolledBack = store.db.prisma.$transaction(async (tx) => {
      await wantSurface(tx, owner, 'comment')
      throw new Error('the rest failed')
    })
    await expect(rolledBack).rejects.toThrow('the rest failed')
    expect(await due()).toEqual([])
    expect(await wakes(`outbox:${INSTALLATION}`)).toBe(0)
  })

  test('a reply again replaces what it says', async () => {
    const where = { repositoryId: BigInt(REPOSITORY.id), issueNumber: 3 }
    for (const text of ['first', 'second']) {
      await wantLooseSurface(store.db.prisma, where, 'reply', 'reply:7:3', { text })
    }
    expect(await due()).toMatchObject([{ taskId: null, issueNumber: 3, payload: { text: 'second' } }])
  })

  test('of a repository that nobody knows is a bug that says its name', async () => {
    const where = { repositoryId: 999n, issueNumber: 1 }
    await expect(wantLooseSurface(store.db.prisma, where, 'reply', 'reply:999:1', {})).rejects.toThrow(/repository 999/)
  })
})

describe('the order', () => {
  test('is: signs of life first, then branch, pull request, check, and what hangs on them', async () => {
    for (const surface of ['reviewers', 'ready', 'pull', 'branch', 'comment'] as const) await want(surface)
    await want('check', HEAD)
    const where = { repositoryId: BigInt(REPOSITORY.id), issueNumber: 1 }
    await wantLooseSurface(store.db.prisma, where, 'reaction', 'reaction:issue_comment:5', {})
    const order: string[] = []
    for (let rows = await due(); rows[0]; rows = await due()) {
      order.push(rows[0].surface)
      await storeReceipt(store.db, rows[0], { hash: '', remoteId: null })
      await timePasses()
    }
    expect(order).toEqual(['reaction', 'comment', 'branch', 'pull', 'check', 'ready', 'reviewers'])
  })

  test('holds a pull request back until its branch has arrived, and no other task’s', async () => {
    const other = await store.newTask()
    await want('branch')
    await want('pull')
    await want('pull', '', other)
    expect((await due()).map((r) => r.key)).toEqual([`${id}:branch`, `${other}:pull`])
    await send('branch')
    expect((await due()).map((r) => r.key).sort()).toEqual([`${id}:pull`, `${other}:pull`].sort())
  })

  test('gives the task a moment to say more before the check is first written; what follows need not wait', async () => {
    for (const surface of ['ready', 'pull', 'branch'] as const) await want(surface)
    await want('check', HEAD)
    await send('branch')
    await send('pull')
    expect(await dueKinds()).toEqual(['ready'])
    await timePasses()
    expect(await dueKinds()).toEqual(['check', 'ready'])
  })

  test('holds a question back until the comment that it points at is there', async () => {
    const owner = surfaceOwner(await store.task(id))
    await store.db.prisma.$transaction((tx) => wantSurface(tx, owner, 'comment', '', {}, { afterMs: 60_000 }))
    await want('asking')
    expect(await dueKinds()).toEqual([])
    await timePasses()
    await send('comment', '11')
    expect(await dueKinds()).toEqual(['asking'])
  })

  test('what waits for something else does not call the sender back before it can be sent', async () => {
    await want('branch')
    await want('pull')
    const later = new Date(Date.now() + 3_600_000)
    await failWrite(store.db, await dueRow('branch'), 'no answer', later)
    expect(await due()).toEqual([])
    expect(await nextDue(store.db, INSTALLATION)).toEqual(later)
    await timePasses()
    await failWrite(store.db, await dueRow('branch'), 'refused', null)
    expect(await due()).toEqual([])
    expect(await nextDue(store.db, INSTALLATION)).toBeNull()
    expect(await installationsWithOutbox(store.db)).toEqual([])
  })
})

describe('touching', () => {
  test('renders comment, pull request and the check of the present head again, nothing else', async () => {
    await store.sql('update tasks set head_sha = $2 where id = $1', [id, HEAD])
    for (const surface of ['comment', 'branch', 'pull', 'ready', 'reviewers'] as const) await want(surface)
    await want('check', HEAD)
    await want('check', OLD_HEAD)
    await store.sql('update outbox set sent = wanted')
    await touch()
    const rows = await store.sql('select key from outbox where wanted > sent')
    expect(rows.map((r) => r['key']).sort()).toEqual([`${id}:check:${HEAD}`, `${id}:comment`, `${id}:pull`])
    expect(await wakes(`outbox:${INSTALLATION}`)).toBe(1)
  })

  test('soon after an edit waits, so that several changes become one edit; it is not put off again', async () => {
    await want('comment')
    await send('comment', '11')
    await store.sql(`update outbox set sent_at = now() + interval '1 hour'`)
    await touch()
    expect(await due(), 'not at once').toEqual([])
    const first = await nextDue(store.db, INSTALLATION)
    await touch()
    await touch()
    expect(await nextDue(store.db, INSTALLATION)).toEqual(first)
    await timePasses()
    expect(await due()).toMatchObject([{ wanted: 4, sentHash: 'h-comment', remoteId: '11' }])
  })

  test('the first comment is written at once', async () => {
    await want('comment')
    await touch()
    expect(await dueKinds()).toEqual(['comment'])
  })

  test('tells progress with long pauses, a rest at once, and calls the sender for it', async () => {
    await want('comment')
    await send('comment', '11')
    await coalesced()
    await touch()
    const turn = (await nextDue(store.db, INSTALLATION))?.getTime() ?? 0
    expect(await due(), 'progress').toEqual([])
    expect(turn).toBeGreaterThan(Date.now() + 20_000)
    await store.sql('delete from graphile_worker._private_jobs')
    await touch()
    expect(await wakes(`outbox:${INSTALLATION}`), 'it is known already').toBe(0)
    await store.sql(`update tasks set waiting_on = 'approval' where id = $1`, [id])
    await touch()
    expect(await wakes(`outbox:${INSTALLATION}`)).toBe(1)
    await coalesced()
    expect(await dueKinds()).toEqual(['comment'])
  })

  test('because somebody asks is no progress', async () => {
    await want('comment')
    await send('comment', '11')
    await coalesced()
    await touch()
    expect(await due()).toEqual([])
    await store.db.prisma.$transaction((tx) => touchSurfaces(tx, id, 'asked'))
    await coalesced()
    expect(await dueKinds()).toEqual(['comment'])
  })

  test('leaves alone what was given up', async () => {
    await want('comment')
    await failWrite(store.db, await dueRow('comment'), 'locked', null)
    await touch()
    expect(await due()).toEqual([])
  })
})

describe('a receipt', () => {
  test('ends the wish, keeps what GitHub calls it, tells the task and wakes it, in one commit', async () => {
    await want('pull')
    const row = await dueRow('pull')
    await beginWrite(store.db, row)
    const fails = storeReceipt(store.db, row, { hash: 'h', remoteId: '12' }, async () => {
      throw new Error('the task did not take it')
    })
    await expect(fails).rejects.toThrow()
    expect(await dueRow('pull'), 'begun, and so looked up before it is repeated').toMatchObject({
      attempts: 1,
      remoteId: null,
    })
    await storeReceipt(store.db, row, { hash: 'h', remoteId: '12' }, async (tx) => {
      await tx.task.update({ where: { id }, data: { pullNumber: 12 } })
    })
    expect(await due()).toEqual([])
    expect(await store.task(id)).toMatchObject({ pullNumber: 12 })
    expect(await wakes(`task:${id}`)).toBe(1)
    await timePasses()
    await want('pull')
    expect(await dueRow('pull')).toMatchObject({ attempts: 0, remoteId: '12', sentHash: 'h' })
  })

  test('of an older wish leaves the newer one standing', async () => {
    await want('comment')
    const row = await dueRow('comment')
    await want('comment')
    await storeReceipt(store.db, row, { hash: 'old', remoteId: '1' })
    await timePasses()
    expect(await due()).toMatchObject([{ surface: 'comment', sentHash: 'old' }])
  })

  test('and a move of the task at the same moment do not lock each other out', async () => {
    const lease: Lease = await store.lease(id)
    await want('pull')
    const row = await dueRow('pull')
    let receipt: Promise<unknown> = Promise.resolve('was not begun')
    const also = async (): Promise<void> => {
      receipt = storeReceipt(store.db, row, { hash: 'h', remoteId: '12' }, async (tx) => {
        await tx.task.update({ where: { id }, data: { pullNumber: 12 } })
      })
      receipt.catch(() => undefined)
      await store.untilBlocked()
    }
    const from = { state: 'INTAKE', version: 0 } as const
    expect(
      await advance(store.db, lease, from, { event: 'accepted', reasonCode: 'command_accepted', also }),
    ).not.toBeNull()
    await receipt
    expect(await store.task(id)).toMatchObject({ state: 'CLASSIFY', pullNumber: 12 })
  })
})
