import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LoopbackGitHub } from '../../src/demo/loopback-github.ts'
import { advance } from '../../src/store/advance.ts'
import { standingOf } from '../../src/store/ground.ts'
import { wantSurface } from '../../src/store/outbox.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import { applyCommands } from '../../src/supervisor/apply/apply-command.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { drainOutbox } from '../../src/supervisor/outbox/outbox.ts'
import { findOut, isSuspicious, whyAway } from '../../src/supervisor/work/find-out.ts'
import { OperatingError } from '../../src/task/errors.ts'
import type { RepositoryRef } from '../../src/task/task.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { MAINTAINER, say } from './corridor.ts'
import { type Ground, openGround } from './ground.ts'

let store: TestStore
let ground: Ground
let gh: LoopbackGitHub
let corridor: Corridor
let repository: RepositoryRef
let issueNumber: number
let name: string
let n = 0

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  ground = await openGround(store)
  ;({ gh, corridor, repository, issueNumber, name } = ground)
  await store.sql('delete from installations')
  await store.sql('delete from outbox')
})
afterEach(() => ground.close())

async function newTask() {
  await store.sql(`update repositories set owner = $1, name = 'app' where id = $2`, [gh.owner, repository.id])
  return store.task(await store.newTask({ repository, issueNumber, requester: MAINTAINER, title: `task ${++n}` }))
}
const refused = (reasonCode: string) => new OperatingError('configuration', reasonCode, 'GitHub said no')

describe('why GitHub refuses', () => {
  test('everything stands: the failure is what it says', async () => {
    expect(await findOut(corridor, await newTask(), refused('repository_gone'))).toBeNull()
  })

  test.each<[string, () => unknown, string]>([
    ['the App was removed', () => gh.ground.uninstall(), 'installation_removed'],
    ['the repository was taken from the App', () => gh.ground.takeAway(name), 'repository_gone'],
    ['the repository was deleted', () => gh.ground.deleteRepository(name), 'repository_gone'],
    [
      'the repository was archived',
      () => gh.as(gh.owner).api('PATCH', `/repos/${name}`, { archived: true }),
      'repository_archived',
    ],
    ['the issue was deleted', () => gh.ground.deleteIssue(name, issueNumber), 'issue_gone'],
    ['the issue was transferred', () => gh.ground.transferIssue(name, issueNumber), 'issue_gone'],
  ])('%s: the task ends so', async (_, happen, reasonCode) => {
    const task = await newTask()
    await happen()
    expect(await findOut(corridor, task, refused('repository_gone'))).toMatchObject({ event: 'cancel', reasonCode })
  })

  test('the issue of a task with a pull request is gone: that is not the end', async () => {
    const task = await newTask()
    await gh.ground.deleteIssue(name, issueNumber)
    expect(await findOut(corridor, { ...task, pullNumber: 9 }, refused('repository_gone'))).toBeNull()
  })

  test('suspended: parked, and nothing is called any more; looked up when the wait was in vain', async () => {
    const task = await newTask()
    gh.ground.suspend()
    const move = await findOut(corridor, task, refused('installation_suspended'))
    expect(move).toMatchObject({
      event: 'postponed',
      reasonCode: 'installation_suspended',
      rest: { waitingOn: 'retry' },
    })
    expect(await standingOf(store.db, repository.installationId)).toBe('suspended')
    const since = gh.requests.length
    expect(await whyAway(corridor, task)).toMatchObject({ event: 'postponed' })
    expect(gh.requests.length, 'known without a call').toBe(since)

    const waited = { ...task, reasonCode: 'wait_over' }
    expect(await whyAway(corridor, waited)).toMatchObject({ event: 'postponed' })
    gh.ground.unsuspend()
    expect(await whyAway(corridor, waited)).toBeNull()
    expect(await standingOf(store.db, repository.installationId)).toBe('active')
  })

  test('renamed: the new name is learnt, and it is tried again; not for ever', async () => {
    const task = await newTask()
    await gh.ground.renameRepository(name, 'other')
    expect(await findOut(corridor, task, refused('push_refused'))).toMatchObject({
      event: 'postponed',
      rest: { waitingOn: 'retry' },
      patch: { retries: { increment: 1 } },
    })
    expect((await store.task(task.id)).repository.name).toBe('other')
    expect(await findOut(corridor, { ...task, retries: 6 }, refused('push_refused'))).toBeNull()
  })

  test('GitHub is away just then: the failure is what it says', async () => {
    const task = await newTask()
    gh.faults.push({ match: /installations/, kind: 'error', status: 502, times: 5 })
    expect(await findOut(corridor, task, refused('repository_gone'))).toBeNull()
  })

  test('only what may mean that is looked into', () => {
    for (const reason of ['repository_gone', 'installation_suspended', 'push_refused', 'github_refused'])
      expect(isSuspicious(refused(reason))).toBe(true)
    for (const reason of ['github_unavailable', 'github_rate_limited', 'backend_failed', 'conversation_locked'])
      expect(isSuspicious(refused(reason))).toBe(false)
    expect(isSuspicious(new Error('a bug'))).toBe(false)
  })
})

/** A task that waits for its review, with a comment to bring up to date. */
async function resting() {
  const task = await newTask()
  const lease = await store.lease(task.id)
  const at = await store.walk(lease, 'REPORT', { patch: { pullNumber: 9 } })
  await advance(store.db, lease, at, {
    event: 'published',
    reasonCode: 'review_wanted',
    rest: { waitingOn: 'review', until: null },
  })
  await store.db.prisma.$transaction((tx) => wantSurface(tx, surfaceOwner(task), 'comment'))
  return { id: task.id, lease }
}
const drain = () => drainOutbox(corridor, repository.installationId, () => false)
const outbox = () => store.sql('select sent, dead_at is not null as dead, last_error from outbox order by created_at')

describe('a task that rests', () => {
  test('ends when GitHub refuses its comment because the repository is gone', async () => {
    const { id, lease } = await resting()
    await gh.ground.deleteRepository(name)
    await drain()
    expect(await outbox()).toMatchObject([{ sent: 0, dead: true }])
    await applyCommands(corridor, lease)
    expect(await store.task(id)).toMatchObject({ state: 'CANCELLED', reasonCode: 'repository_gone' })
    const calls = gh.requests.length
    await drain()
    expect(gh.requests.length, 'it is not tried again').toBe(calls)
  })

  test('goes on when only the conversation is locked', async () => {
    const { id, lease } = await resting()
    await gh.as(gh.owner).api('PUT', `/repos/${name}/issues/${issueNumber}/lock`, {})
    await drain()
    expect(await outbox()).toMatchObject([{ dead: true, last_error: expect.stringContaining('locked') }])
    await applyCommands(corridor, lease)
    expect(await store.task(id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
  })

  test('waits with what it has to say while the App is suspended, and says it afterwards', async () => {
    await resting()
    gh.ground.suspend()
    await drain()
    expect(await outbox()).toMatchObject([{ sent: 0, dead: false }])
    const calls = gh.requests.length
    await drain()
    expect(gh.requests.length, 'no call').toBe(calls)
    gh.ground.unsuspend()
    await store.sql('update installations set suspended_at = null')
    await drain()
    expect(await outbox()).toMatchObject([{ sent: 1, dead: false, last_error: null }])
  })

  test('goes on when nothing is found to be wrong', async () => {
    const { id, lease } = await resting()
    for (let i = 0; i < 2; i++)
      await say(store, id, { verb: 'look_again', argument: { reasonCode: 'repository_gone', message: 'no' } })
    await applyCommands(corridor, lease)
    expect(await store.task(id)).toMatchObject({ state: 'REPORT', waitingOn: 'review' })
  })
})
