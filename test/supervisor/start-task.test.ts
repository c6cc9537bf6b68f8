import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { dueSurfaces } from '../../src/store/outbox-sending.ts'
import { startTask } from '../../src/supervisor/accept/start-task.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import type { ReasonCode } from '../../src/task/reasons.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { corridorOf, request } from './corridor.ts'

let store: TestStore
let corridor: Corridor
let issue = 1_000
beforeAll(async () => {
  store = await openTestStore()
  corridor = corridorOf(store)
})
afterAll(() => store.close())
beforeEach(async () => {
  issue++
  await store.sql('delete from outbox')
})

const start = (over: Parameters<typeof request>[1] = {}): Promise<ReasonCode> => {
  const { accepted, parsed } = request(issue, over)
  return startTask(corridor, accepted, parsed)
}
const tasks = (): Promise<{ id: string }[]> =>
  store.sql('select id from tasks where issue_number = $1 order by id', [issue])
const surfaces = async (): Promise<string[]> =>
  (await dueSurfaces(store.db, REPOSITORY.installationId, 50)).map((r) => r.surface).sort()

test('a request becomes a task that has shown a sign of life and wakes a worker', async () => {
  expect(await start({ flags: { budgetUsd: 3, base: 'next' } })).toBe('command_accepted')
  const [task] = await tasks()
  expect(task && (await store.task(task.id))).toMatchObject({
    state: 'INTAKE',
    request: 'fix it',
    budgetUsd: 3,
    baseBranch: 'next',
    requester: { login: 'maintainer' },
    repository: REPOSITORY,
  })
  expect(await surfaces()).toContain('reaction')
  const after = `select not_before - created_at between interval '500 ms' and interval '1500 ms' as soon
    from outbox where surface = 'comment'`
  expect(await store.sql(after), 'the comment follows, still within two seconds').toEqual([{ soon: true }])
  expect(await store.sql('select 1 from graphile_worker.jobs where key = $1', [`task:${task?.id}`])).toHaveLength(1)
})

test('two requests on one thread at once are one task; the other is answered with it', async () => {
  const outcomes = await Promise.all([start(), start()])
  expect(outcomes.sort()).toEqual(['command_accepted', 'task_already_open'])
  const open = await tasks()
  expect(open).toHaveLength(1)
  const reply = (await dueSurfaces(store.db, REPOSITORY.installationId, 50)).find((r) => r.surface === 'reply')
  expect(reply?.payload).toMatchObject({ reply: { kind: 'refusal', suggestions: [open[0]?.id] } })
})

test('eight at once, too', async () => {
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => start()))
  expect(outcomes.filter((o) => o === 'command_accepted')).toHaveLength(1)
  expect(await tasks()).toHaveLength(1)
})

test('requests on different threads do not wait for each other’s tasks', async () => {
  expect(await start()).toBe('command_accepted')
  issue++
  expect(await start()).toBe('command_accepted')
})

test('`--new` starts another one beside it', async () => {
  await start()
  expect(await start()).toBe('task_already_open')
  expect(await start({ flags: { new: true } })).toBe('command_accepted')
  expect(await tasks()).toHaveLength(2)
})

test('a thread whose task has ended takes the next request', async () => {
  await start()
  const [first] = await tasks()
  await store.walk(await store.lease(first?.id ?? ''), 'CANCELLED')
  expect(await start()).toBe('command_accepted')
  expect(await tasks()).toHaveLength(2)
})

test.each([{}, { new: true }])(
  'the same comment twice is one task, one after the other or at once (%o)',
  async (flags) => {
    const sourceKey = `comment:${issue}`
    await Promise.all([start({ sourceKey, flags }), start({ sourceKey, flags })])
    await start({ sourceKey, flags })
    expect(await tasks()).toHaveLength(1)
    expect(await store.sql('select verb from commands where source_key = $1', [sourceKey])).toEqual([{ verb: 'run' }])
    expect(await surfaces(), 'and nobody is told that it is open already').not.toContain('reply')
  },
)

test('a budget above the operator’s cap is cut to it', async () => {
  await start({ flags: { budgetUsd: 1_000 } })
  const [task] = await tasks()
  expect(await store.task(task?.id ?? '')).toMatchObject({ budgetUsd: corridor.settings.budgets.taskMaxUsd })
})

test('one person starts so many tasks in an hour as the operator allows, and is told', async () => {
  const started = (await tasks()).length
  const few = {
    ...corridor,
    settings: { ...corridor.settings, budgets: { ...corridor.settings.budgets, perUserHour: 0 } },
  }
  const { accepted, parsed } = request(issue)
  expect(await startTask(few, accepted, parsed)).toBe('too_many_tasks')
  expect(await tasks()).toHaveLength(started)
})

test('the trigger label goes again, so that it can be put back', async () => {
  const { accepted, parsed } = request(issue)
  const place = { ...accepted.command.place, commentId: null, commentKind: 'label' as const }
  const command = {
    ...accepted.command,
    sourceKey: `label:${issue}`,
    place,
    labels: ['bug', 'supervise'],
    label: 'supervise',
  }
  expect(await startTask(corridor, { ...accepted, command }, parsed)).toBe('command_accepted')
  const rows = await dueSurfaces(store.db, REPOSITORY.installationId, 50)
  expect(rows.find((r) => r.surface === 'label_removal')?.payload).toEqual({ label: 'supervise' })
  expect(rows.map((r) => r.surface)).not.toContain('reaction')
})
