import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Position } from '../../src/store/advance.ts'
import { advance } from '../../src/store/advance.ts'
import { transitionsOf } from '../../src/store/history.ts'
import type { Lease } from '../../src/store/leases.ts'
import { LeaseLost, takeLease } from '../../src/store/leases.ts'
import type { Surface } from '../../src/store/outbox.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import type { Event, State } from '../../src/task/states.ts'
import { isFinal, nextState, STATES, TRANSITIONS } from '../../src/task/states.ts'
import { WAITING_ON, type WaitingOn } from '../../src/task/task.ts'
import { firstBrokenLink } from '../support/audit.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

const RUNS = 40
const MAX_STEPS = 25
const LIMIT_MS = 15_000

const EVENTS = [...new Set(STATES.flatMap((s) => Object.keys(TRANSITIONS[s])))] as Event[]
const HEADS = ['a'.repeat(40), 'b'.repeat(40)]

/** What can happen to a task, in any order. */
type Step =
  | { kind: 'event'; event: Event; rest: WaitingOn | null }
  /** An event that the present state has, picked by number: else a random walk would hardly get anywhere. */
  | { kind: 'legal'; pick: number; rest: WaitingOn | null }
  | { kind: 'repeat' }
  | { kind: 'stale'; event: Event; behind: number }
  | { kind: 'takeover' }
  | { kind: 'zombie'; event: Event }
  | { kind: 'want'; surface: Surface; head: number }

const event = fc.constantFrom(...EVENTS)
const rest = fc.option(fc.constantFrom(...WAITING_ON), { nil: null })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('legal' as const), pick: fc.nat(20), rest }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('event' as const), event, rest }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('stale' as const), event, behind: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('takeover' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('zombie' as const), event }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('want' as const),
      surface: fc.constantFrom('comment' as const, 'pull' as const, 'check' as const),
      head: fc.nat(1),
    }),
  },
)

/** What we expect of the task, kept beside it. */
interface Model {
  state: State
  version: number
  stored: State | null
  waitingOn: WaitingOn | null
}

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

test('whatever happens in whatever order, the task is where its audit trail leads, and shows itself once', async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: MAX_STEPS }), async (steps) => {
    const world = await begin()
    for (const s of steps) await happen(world, s)
    await check(world)
  })
  await fc.assert(property, { numRuns: RUNS, interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: false })
})

interface World {
  readonly id: string
  readonly model: Model
  readonly zombies: Lease[]
  readonly wanted: Set<string>
  lease: Lease
  last: { from: Position; event: Event; stored: State | null } | null
}

async function begin(): Promise<World> {
  const id = await store.newTask()
  const lease = await store.lease(id, 'worker-0')
  const model: Model = { state: 'INTAKE', version: 0, stored: null, waitingOn: null }
  return { id, model, zombies: [], wanted: new Set(), lease, last: null }
}

async function happen(world: World, s: Step): Promise<void> {
  const { model } = world
  switch (s.kind) {
    case 'legal': {
      const events = Object.keys(TRANSITIONS[model.state]) as Event[]
      const picked = events[s.pick % Math.max(events.length, 1)]
      return picked ? move(world, picked, s.rest) : undefined
    }
    case 'event':
      return move(world, s.event, s.rest)
    case 'repeat':
      if (world.last) expect(await tryMove(world, world.last.from, world.last.event)).toBeNull()
      return
    case 'stale': {
      const from = { state: model.state, version: model.version - s.behind }
      expect(await tryMove(world, from, s.event)).toBeNull()
      return
    }
    case 'takeover': {
      expect(await takeLease(store.db, world.id, 'too-early')).toBeNull()
      await store.expire(world.id)
      world.zombies.push(world.lease)
      const taken = await store.lease(world.id, `worker-${world.lease.epoch}`)
      expect(taken.epoch).toBe(world.lease.epoch + 1)
      world.lease = taken
      return
    }
    case 'zombie': {
      for (const zombie of world.zombies) {
        const late = advance(store.db, zombie, model, { event: s.event, reasonCode: 'interrupted' })
        await expect(late).rejects.toThrow(LeaseLost)
      }
      return
    }
    case 'want': {
      const part = s.surface === 'check' ? (HEADS[s.head] ?? '') : ''
      world.wanted.add(`${world.id}:${s.surface}${part === '' ? '' : `:${part}`}`)
      await wantSurface(store.db.prisma, surfaceOwner(await store.task(world.id)), s.surface, part)
    }
  }
}

async function move(world: World, event: Event, waitingOn: WaitingOn | null): Promise<void> {
  const { model } = world
  const from = { state: model.state, version: model.version }
  const to = nextState(model.state, event, model.stored)
  if (to === null) {
    await expect(tryMove(world, from, event)).rejects.toThrow(/no transition/)
    return
  }
  const stays = to === model.state
  expect(await tryMove(world, from, event, stays ? waitingOn : null)).toEqual({ state: to, version: from.version + 1 })
  world.last = { from, event, stored: model.stored }
  Object.assign(model, {
    state: to,
    version: from.version + 1,
    stored: to === 'PAUSED' ? from.state : null,
    waitingOn: stays ? waitingOn : null,
  } satisfies Model)
  await check(world)
}

const tryMove = (
  world: World,
  from: Position,
  event: Event,
  waitingOn: WaitingOn | null = null,
): Promise<Position | null> =>
  advance(store.db, world.lease, from, {
    event,
    reasonCode: 'wait_over',
    ...(waitingOn === null ? {} : { rest: { waitingOn, until: null } }),
  })

async function check({ id, model, wanted }: World): Promise<void> {
  const task = await store.task(id)
  const { state, version, waitingOn, pausedFrom } = task
  expect({ state, version, waitingOn, stored: pausedFrom }).toEqual(model)

  const trail = await transitionsOf(store.db, id)
  expect(trail.map((t) => t.version)).toEqual(trail.map((_, i) => i + 1))
  let at: State = 'INTAKE'
  for (const t of trail) {
    expect(isFinal(at), `nothing follows ${at}`).toBe(false)
    expect(t.from).toBe(at)
    at = t.to
  }
  expect(at).toBe(state)
  expect(await firstBrokenLink(store.db, id)).toBeNull()
  if (isFinal(state)) expect(waitingOn).toBeNull()

  const surfaces = await store.sql('select key from outbox where task_id = $1', [id])
  expect(surfaces.map((r) => String(r['key'])).sort()).toEqual([...wanted].sort())
}
