import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createRegistry } from '../../src/execute/registry.ts'
import type { BackendSettings } from '../../src/settings/settings.ts'
import { noteTrouble, type Trouble } from '../../src/store/breakers.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { chooseBackend } from '../../src/supervisor/jobs/choose-backend.ts'
import { OperatingError } from '../../src/task/errors.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { corridorOf } from './corridor.ts'
import { taskWith } from './task.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(() => store.sql('delete from breakers'))

const script = (program: string, capability: 'coding' | 'review' = 'coding'): BackendSettings => ({
  type: 'script',
  command: [program],
  capabilities: [capability],
  env: {},
})
const trouble = (backend: string, cause: Trouble, quotaMs = 0) =>
  noteTrouble(store.db, backend, { cause, quotaMs, error: `${backend} had enough` })

/** Three that can write code, in this order of preference, and one that reviews. */
function corridor(over: Partial<Record<string, BackendSettings>> = {}): Corridor {
  const backends = { first: script('/bin/sh'), second: script('/bin/sh'), third: script('/bin/sh') }
  const registry = createRegistry({ reviewer: script('/bin/sh', 'review'), ...backends, ...over })
  return { ...corridorOf(store, { settings: { prefer: { coding: ['first', 'second'] } } }), registry }
}
async function choose(where: Corridor, planned: { capability?: 'coding' | 'mcp'; backend?: string } = {}) {
  const wanted = { capability: 'coding', type: 'executor', backend: null, ...planned } as const
  const choice = await chooseBackend({ corridor: where, task: taskWith() }, { planned: wanted })
  if (choice.backend === null) return choice.why
  return [choice.backend.name, ...choice.passed.map((p) => `${p.backend} ${p.reasonCode}`)]
}

test('the preferred one that is there and not down; whoever was passed over is told', async () => {
  expect(await choose(corridor())).toEqual(['first'])
  await trouble('first', 'quota', 60_000)
  const missing = corridor({ second: script('/nowhere/agent') })
  expect(await choose(missing)).toEqual(['third', 'first quota_reached', 'second backend_unavailable'])
})

test('never one that lacks the capability, and never another where the requester fixed one', async () => {
  expect(await choose(corridor(), { capability: 'mcp' })).toMatchObject({ reasonCode: 'no_backend_for_capability' })
  await trouble('second', 'quota', 60_000)
  expect(await choose(corridor(), { backend: 'second' })).toMatchObject({ reasonCode: 'quota_reached' })
})

test('where all rest, the job waits for the first that comes back, and what it waits for is said', async () => {
  for (let n = 0; n < 3; n++) await trouble('first', 'down')
  await trouble('second', 'quota', 3_600_000)
  await trouble('third', 'unavailable')
  const why = await choose(corridor())
  expect(why).toBeInstanceOf(OperatingError)
  expect(why).toMatchObject({
    failureClass: 'transient',
    reasonCode: 'backend_down',
    message: 'first: first had enough',
  })
  expect((why as OperatingError).retryAt?.getTime()).toBeLessThan(Date.now() + 60_000)
})

test('waiting mends no installation: one that could not start is tried where nobody else is left', async () => {
  await trouble('first', 'unavailable')
  const alone = createRegistry({ first: script('/bin/sh') })
  expect(await choose({ ...corridor(), registry: alone })).toEqual(['first'])
  const missing = createRegistry({ first: script('/nowhere/agent') })
  expect(await choose({ ...corridor(), registry: missing })).toMatchObject({ reasonCode: 'backend_unavailable' })
})
