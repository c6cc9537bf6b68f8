import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { advance, auditHash } from '../../src/store/advance.ts'
import { transitionsOf } from '../../src/store/history.ts'
import { LeaseLost, takeLease } from '../../src/store/leases.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { allowedTransitions } from '../../src/task/states.ts'
import { openTestStore, REPOSITORY, SECRET, type TestStore } from '../support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const START = { state: 'INTAKE', version: 0 } as const
const ACCEPTED = { event: 'accepted', reasonCode: 'command_accepted' } as const

test("the database's allowed transitions are the table's", async () => {
  const rows = await store.sql('select from_state as "from", event, to_state as "to" from allowed_transitions')
  const sorted = (list: readonly object[]): string[] => list.map((t) => JSON.stringify(t)).sort()
  expect(sorted(rows)).toEqual(sorted(allowedTransitions()))
})

describe('advance', () => {
  test('moves the task, writes the audit row, the patch and what belongs to the move', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const moved = await advance(store.db, lease, START, {
      ...ACCEPTED,
      actor: 'maintainer',
      facts: { snapshot: 'abc' },
      patch: { baseSha: 'f'.repeat(40) },
      also: async (tx) => {
        await tx.task.update({ where: { id }, data: { feedback: 'from also' } })
      },
    })
    expect(moved).toEqual({ state: 'CLASSIFY', version: 1 })
    expect(await store.task(id)).toMatchObject({
      state: 'CLASSIFY',
      version: 1,
      reasonCode: 'command_accepted',
      baseSha: 'f'.repeat(40),
      feedback: 'from also',
    })
    expect(await transitionsOf(store.db, id)).toMatchObject([
      {
        version: 1,
        from: 'INTAKE',
        event: 'accepted',
        to: 'CLASSIFY',
        actor: 'maintainer',
        facts: { snapshot: 'abc' },
      },
    ])
  })

  test('an event that the table does not have is refused, and nothing is written', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const move = { event: 'archived', reasonCode: 'archived', patch: { feedback: 'x' } } as const
    await expect(advance(store.db, lease, START, move)).rejects.toThrow(/no transition INTAKE × archived/)
    expect(await store.task(id)).toMatchObject({ state: 'INTAKE', version: 0, feedback: null })
  })

  test('what fails in `also` takes the move back with it', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const also = async (): Promise<void> => {
      throw new Error('the other write failed')
    }
    await expect(advance(store.db, lease, START, { ...ACCEPTED, also })).rejects.toThrow('the other write failed')
    expect(await store.task(id)).toMatchObject({ state: 'INTAKE', version: 0 })
    expect(await transitionsOf(store.db, id)).toEqual([])
  })

  test('who compares with an old version or state learns that somebody else was first', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    await advance(store.db, lease, START, ACCEPTED)
    expect(await advance(store.db, lease, START, ACCEPTED)).toBeNull()
    expect(
      await advance(store.db, lease, { state: 'CLASSIFY', version: 0 }, { ...ACCEPTED, event: 'classified' }),
    ).toBeNull()
    expect(await store.task(id)).toMatchObject({ state: 'CLASSIFY', version: 1 })
  })

  test('who comes while another one moves waits, and learns that it was second', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    let second: Promise<unknown> = Promise.resolve('was not begun')
    const also = async (): Promise<void> => {
      second = advance(store.db, lease, START, ACCEPTED)
      second.catch(() => undefined)
      await store.untilBlocked()
    }
    expect(await advance(store.db, lease, START, { ...ACCEPTED, also })).toEqual({ state: 'CLASSIFY', version: 1 })
    expect(await second).toBeNull()
    expect(await transitionsOf(store.db, id)).toHaveLength(1)
  })

  test('a worker that has lost its lease writes nothing', async () => {
    const id = await store.newTask()
    const old = await store.lease(id, 'worker-1')
    await store.expire(id)
    await expect(advance(store.db, old, START, ACCEPTED)).rejects.toThrow(LeaseLost)
    const present = await takeLease(store.db, id, 'worker-2')
    await expect(advance(store.db, old, START, ACCEPTED)).rejects.toThrow(LeaseLost)
    expect(present && (await advance(store.db, present, START, ACCEPTED))).toMatchObject({ version: 1 })
    expect((await transitionsOf(store.db, id)).map((t) => t.epoch)).toEqual([2])
  })

  test('a rest says why and until when; the next transition clears both', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const until = new Date('2030-05-06T07:08:09.123Z')
    const at = await store.walk(lease, 'PLAN')
    const resting = await advance(store.db, lease, at, {
      event: 'asked',
      reasonCode: 'plan_needs_approval',
      rest: { waitingOn: 'approval', until },
    })
    expect(await store.task(id)).toMatchObject({ state: 'PLAN', waitingOn: 'approval', waitingUntil: until })
    expect(
      resting && (await advance(store.db, lease, resting, { event: 'revised', reasonCode: 'rejected_by_person' })),
    ).not.toBeNull()
    expect(await store.task(id)).toMatchObject({ state: 'PLAN', waitingOn: null, waitingUntil: null })
  })

  test('tries are counted within a state and forgotten with it', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const again = {
      event: 'postponed',
      reasonCode: 'github_unavailable',
      patch: { retries: { increment: 1 } },
    } as const
    const first = await advance(store.db, lease, START, again)
    const second = first && (await advance(store.db, lease, first, again))
    expect(await store.task(id)).toMatchObject({ state: 'INTAKE', retries: 2 })
    expect(second && (await advance(store.db, lease, second, ACCEPTED))).toMatchObject({ state: 'CLASSIFY' })
    expect(await store.task(id)).toMatchObject({ retries: 0 })
  })

  test('a pause remembers where it came from and leads back there', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const at = await store.walk(lease, 'VERIFY')
    const paused = await advance(store.db, lease, at, { event: 'pause', reasonCode: 'paused_by_person' })
    expect(await store.task(id)).toMatchObject({ state: 'PAUSED', pausedFrom: 'VERIFY' })
    const back =
      paused && (await advance(store.db, lease, paused, { event: 'resume', reasonCode: 'resumed_by_person' }))
    expect(back?.state).toBe('VERIFY')
    expect(await store.task(id)).toMatchObject({ state: 'VERIFY', pausedFrom: null })
  })

  test('the end has a time, and nothing comes after it', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const end = await store.walk(lease, 'DONE')
    expect((await store.sql('select finished_at from tasks where id = $1', [id]))[0]?.['finished_at']).toBeInstanceOf(
      Date,
    )
    for (const event of ['cancel', 'error', 'pause', 'resume', 'woke'] as const) {
      await expect(advance(store.db, lease, end, { event, reasonCode: 'internal_error' })).rejects.toThrow(
        /no transition/,
      )
    }
  })

  test('the comment is looked at again after each move, in the same commit', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const wanted = async (): Promise<unknown> =>
      (await store.sql('select wanted from outbox where task_id = $1', [id]))[0]?.['wanted']
    await wantSurface(store.db.prisma, { id, repositoryId: BigInt(REPOSITORY.id), issueNumber: 1 }, 'comment')
    await advance(store.db, lease, START, ACCEPTED)
    expect(await wanted()).toBe(2)
    expect(await advance(store.db, lease, START, ACCEPTED)).toBeNull()
    expect(await wanted()).toBe(2)
  })
})

describe('texts', () => {
  test('secrets, NUL and halves of characters in facts and actor do not reach the database', async () => {
    const id = await store.newTask({ title: `title ${SECRET}\0`, request: `\ud800 ${SECRET}` })
    const lease = await store.lease(id)
    const facts = { message: `git said: ${SECRET}\0, cut here \ud83d`, nested: [{ [`key-${SECRET}`]: '\0' }] }
    const patch = { feedback: `${SECRET}\0\udc00` }
    expect(await advance(store.db, lease, START, { ...ACCEPTED, actor: `a\0${SECRET}`, facts, patch })).not.toBeNull()
    const [row] = await transitionsOf(store.db, id)
    const task = await store.task(id)
    const seen = JSON.stringify([row, task.title, task.request, task.feedback])
    expect(seen).not.toContain(SECRET)
    expect(seen).not.toContain('\\u0000')
    expect(row?.facts).toMatchObject({ message: expect.stringMatching(/^git said: \[redacted\], cut here \ufffd$/) })
  })

  test('the hash is over what was stored, so that odd characters do not break the chain', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const facts = {
      cut: 'x\ud83d',
      late: 1e21,
      small: 1e-7,
      minus: -0,
      when: new Date(0),
      left: undefined,
      '10': 1,
      '9': 2,
    }
    await advance(store.db, lease, START, { ...ACCEPTED, facts })
    const [row] = await store.db.prisma.transition.findMany({ where: { taskId: id } })
    if (!row) throw new Error('there is no row')
    const { id: _id, hash, ...rest } = row
    expect(auditHash('', rest)).toBe(hash)
  })
})
