import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Position } from '../../src/store/advance.ts'
import { newId } from '../../src/store/ids.ts'
import type { Lease } from '../../src/store/leases.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { firstBrokenLink } from '../support/audit.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'

// What the database refuses whoever asks: plain SQL, past all of our code.
let store: TestStore
let id: string
let lease: Lease
let at: Position
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  id = await store.newTask()
  lease = await store.lease(id)
  at = await store.walk(lease, 'PLAN')
})

const insertTransition = (from: string, event: string, to: string, version: number): Promise<unknown> =>
  store.sql(
    `insert into transitions (task_id, version, from_state, event, to_state, reason_code, actor, epoch, at, hash)
     values ($1, $2, $3, $4, $5, 'wait_over', 'nobody', 1, now(), '')`,
    [id, version, from, event, to],
  )

describe('the state of a task', () => {
  test('cannot be updated, nor its version', async () => {
    await expect(store.sql(`update tasks set state = 'EXECUTE' where id = $1`, [id])).rejects.toThrow(
      /changes by a row in transitions only/,
    )
    await expect(store.sql(`update tasks set version = 99 where id = $1`, [id])).rejects.toThrow(/transitions only/)
    await expect(store.sql(`update tasks set state = 'DONE', version = 99`)).rejects.toThrow(/transitions only/)
    await store.sql(`update tasks set feedback = 'may change', state = state where id = $1`, [id])
    expect(await store.task(id)).toMatchObject({ ...at, feedback: 'may change' })
  })

  test('moves by a row in transitions, and only from where the task is', async () => {
    await expect(insertTransition('ROUTE', 'admitted', 'PLAN', at.version + 1)).rejects.toThrow(
      new RegExp(`is in PLAN \\(version ${at.version}\\), not in ROUTE`),
    )
    await insertTransition('PLAN', 'approved', 'PREPARE_WORKSPACE', at.version + 1)
    expect(await store.task(id)).toMatchObject({ state: 'PREPARE_WORKSPACE', version: at.version + 1 })
  })

  test.each([
    ['PLAN', 'approved', 'DONE'],
    ['PLAN', 'archived', 'DONE'],
    ['PLAN', 'no_such_event', 'EXECUTE'],
    ['PLAN', 'approved', 'NOWHERE'],
  ])('does not move by a pair that the table does not allow: %s × %s → %s', async (from, event, to) => {
    await expect(insertTransition(from, event, to, at.version + 1)).rejects.toMatchObject({ code: '23503' })
    expect(await store.task(id)).toMatchObject(at)
  })

  test.each([0, 1, 2])('does not move with a wrong version: next + %i', async (off) => {
    const version = at.version + 1 + (off === 0 ? -1 : off)
    await expect(insertTransition('PLAN', 'approved', 'PREPARE_WORKSPACE', version)).rejects.toMatchObject({
      code: '23514',
    })
    expect(await store.task(id)).toMatchObject(at)
  })

  test('begins with INTAKE, version 0', async () => {
    const insert = (state: string, version: number): Promise<unknown> =>
      store.sql(
        `insert into tasks (id, repository_id, issue_number, is_pull_request, title, request, requester_id,
           requester_login, requester_type, base_branch, budget_usd, state, version)
         values ($1, $2, 1, false, '', '', 1, 'x', 'User', 'main', 1, $3, $4)`,
        [newId(), REPOSITORY.id, state, version],
      )
    await expect(insert('DONE', 0)).rejects.toThrow(/starts in INTAKE/)
    await expect(insert('INTAKE', 5)).rejects.toThrow(/starts in INTAKE/)
    await insert('INTAKE', 0)
  })

  test('waits only on what the closed list holds', async () => {
    await expect(store.sql(`update tasks set waiting_on = 'weather' where id = $1`, [id])).rejects.toMatchObject({
      code: '23514',
    })
    await expect(store.sql(`update tasks set outcome = 'great' where id = $1`, [id])).rejects.toThrow(/tasks_outcome/)
  })

  test('is open for one task on a branch at a time', async () => {
    const other = await store.newTask()
    const branch = `supervise/${id}`
    await store.sql(`update tasks set branch = $2 where id = $1`, [id, branch])
    await expect(store.sql(`update tasks set branch = $2 where id = $1`, [other, branch])).rejects.toThrow(
      /tasks_one_open_per_branch/,
    )
    await store.walk(await store.lease(other), 'CANCELLED')
    await store.sql(`update tasks set branch = $2 where id = $1`, [other, branch])
  })
})

describe('the audit trail', () => {
  test.each([
    `update transitions set reason_code = 'approved_by_person' where task_id = $1`,
    `update transitions set facts = '{}' where task_id = $1`,
    'delete from transitions where task_id = $1',
  ])('is append-only: %s', async (statement) => {
    await expect(store.sql(statement, [id])).rejects.toThrow(/transitions is append-only/)
  })

  test('holds the decisions too', async () => {
    await store.sql(
      `insert into decisions (id, task_id, gate, kind, rule_id, reason_code, facts, inputs)
       values ($1, $2, 'admit', 'continue', 'r', 'goes_on_by_policy', '{}', '{}')`,
      [newId(), id],
    )
    await expect(store.sql(`update decisions set kind = 'deny' where task_id = $1`, [id])).rejects.toThrow(
      /append-only/,
    )
    await expect(store.sql('delete from decisions where task_id = $1', [id])).rejects.toThrow(/append-only/)
  })

  test('is a chain that holds as it is read back, and shows an edit that went past the guards', async () => {
    expect(await firstBrokenLink(store.db, id)).toBeNull()
    const rows = await store.sql(`select hash from transitions where task_id = $1`, [id])
    expect(new Set(rows.map((r) => r['hash'])).size).toBe(at.version)
    await unguarded(`update transitions set actor = 'somebody else' where task_id = '${id}' and version = 2`)
    expect(await firstBrokenLink(store.db, id)).toBe(2)
  })

  test('shows a row that was taken away, also the last one', async () => {
    await unguarded(`delete from transitions where task_id = '${id}' and version = ${at.version}`)
    expect(await firstBrokenLink(store.db, id)).toBe(at.version)
  })

  test('goes only with its task, and everything else of the task with it', async () => {
    const owner = { id, repositoryId: BigInt(REPOSITORY.id), issueNumber: 1 }
    await wantSurface(store.db.prisma, owner, 'comment')
    await store.sql('delete from tasks where id = $1', [id])
    const left = await store.sql(
      `select 't' from transitions where task_id = $1 union all select 'o' from outbox where task_id = $1
       union all select 'l' from leases where task_id = $1`,
      [id],
    )
    expect(left).toEqual([])
  })
})

/** As somebody would who owns the database and means to hide something. */
async function unguarded(statement: string): Promise<void> {
  const table = 'alter table transitions'
  await store.sql(`${table} disable trigger user; ${statement}; ${table} enable trigger user`)
}
