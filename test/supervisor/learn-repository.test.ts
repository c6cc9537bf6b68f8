import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createComment } from '../../src/github/comments.ts'
import { learnFromDelivery, learnMoved } from '../../src/supervisor/accept/learn-repository.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'
import { type Ground, openGround } from './ground.ts'

let store: TestStore
let ground: Ground
const moved: number[] = []
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  await store.sql('truncate repositories, tasks cascade')
  moved.length = 0
  ground = await openGround(store, (id) => moved.push(id))
  await store.newTask({ repository: ground.repository, issueNumber: ground.issueNumber })
})
afterEach(() => ground.close())

const names = (): Promise<unknown[]> => store.sql('select name from repositories')

test('a delivery that says what is known costs no call', async () => {
  const before = ground.gh.requests.length
  await learnFromDelivery(ground.corridor, ground.repository)
  expect(ground.gh.requests.length).toBe(before)
})

test('the news of a new name is taken over; a delivery from before it, told again, is not', async () => {
  await ground.gh.ground.renameRepository(ground.name, 'total')
  await learnFromDelivery(ground.corridor, { ...ground.repository, name: 'total' })
  expect(await names()).toEqual([{ name: 'total' }])
  await learnFromDelivery(ground.corridor, ground.repository)
  expect(await names()).toEqual([{ name: 'total' }])
})

test('while GitHub is away nothing is learnt, and the delivery comes again', async () => {
  ground.gh.faults.push({ match: /installation/, kind: 'error', status: 502, times: 5 })
  await expect(learnFromDelivery(ground.corridor, { ...ground.repository, name: 'total' })).rejects.toThrow(/502/)
  expect(await names()).toEqual([{ name: 'app' }])
})

test('a repository that was taken from the App keeps the name that is known', async () => {
  ground.gh.ground.takeAway(ground.name)
  await learnFromDelivery(ground.corridor, { ...ground.repository, name: 'total' })
  expect(await names()).toEqual([{ name: 'app' }])
})

test('a request that GitHub sends on to another name says so, and the name is learnt', async () => {
  await ground.gh.ground.renameRepository(ground.name, 'total')
  await createComment(ground.corridor.github, ground.repository, ground.issueNumber, 'Hello')
  await until('word of the move', () => moved.length > 0)
  expect(moved).toEqual([ground.repository.id])
  await learnMoved(ground.corridor, ground.repository.id)
  expect(await names()).toEqual([{ name: 'total' }])
})
