// Longer than other files: every thing that can be missed, over the same ground.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { saveRepository } from '../../src/store/repositories.ts'
import { takeTurn, watchOpenTasks, watchRepositories } from '../../src/store/watched-repositories.ts'
import { accept } from '../../src/supervisor/accept/accept.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { reconcileDue } from '../../src/supervisor/reconcile/reconcile.ts'
import { BOT_ID, type FakeGitHub, startFakeGitHub } from '../github/fake-github.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { corridorOf, MAINTAINER, request, say } from './corridor.ts'

const SINCE = new Date('2026-01-01T10:00:00Z')
const LATER = '2026-01-01T10:05:00Z'
const BOT = { id: BOT_ID, login: 'supervisor[bot]', type: 'Bot' }
const PERSON = { ...MAINTAINER }

let store: TestStore
let fake: FakeGitHub
let corridor: Corridor
/** What GitHub's lists show. */
let lists: Record<'comments' | 'threads' | 'lineComments' | 'reviews' | 'events', object[]>
let pull: Record<string, unknown>
let etag: string | null
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  for (const table of ['outbox', 'deliveries', 'commands', 'watched_repositories', 'rate_holds', 'installations'])
    await store.sql(`delete from ${table}`)
  await store.sql('delete from tasks')
  await store.db.prisma.$transaction((tx) => saveRepository(tx, REPOSITORY))
  fake = await startFakeGitHub()
  fake.token.repositories = [REPOSITORY.id]
  corridor = { ...corridorOf(store), github: fake.client() }
  lists = { comments: [], threads: [], lineComments: [], reviews: [], events: [] }
  pull = {
    id: 900,
    number: 2,
    state: 'open',
    head: { sha: 'a'.repeat(40) },
    updated_at: LATER,
    user: BOT,
    title: '',
    labels: [],
  }
  etag = null
  const list = (path: RegExp, what: keyof typeof lists): void =>
    fake.on('GET', path, ({ path: asked }) => ({
      ...(etag ? { headers: { etag } } : {}),
      body: asked ? lists[what] : [],
    }))
  fake.on('GET', /\/pulls\/2$/, () => ({ body: pull }))
  fake.on('GET', /\/issues\/\d+$/, () => ({
    body: { number: 1, title: 'Title', body: '', user: PERSON, updated_at: LATER },
  }))
  list(/\/issues\?/, 'threads')
  list(/\/issues\/comments\?/, 'comments')
  list(/\/pulls\/comments\?/, 'lineComments')
  list(/\/pulls\/2\/reviews\?/, 'reviews')
  list(/\/issues\/\d+\/events\?/, 'events')
  await watchRepositories(store.db, [{ repository: REPOSITORY, at: SINCE }], 0)
  await store.sql('update watched_repositories set active_at = now()')
  return () => fake.close()
})

const turn = async (who = corridor): Promise<void> => {
  await store.sql('update watched_repositories set due_at = now()')
  await reconcileDue(who, () => false)
}
const found = async (): Promise<string[]> =>
  (await store.sql('select id from deliveries order by seq')).map((r) => r['id'])
const row = async (): Promise<Record<string, unknown>> =>
  (await store.sql('select * from watched_repositories'))[0] ?? {}
const dueIn = async (): Promise<number> =>
  Math.round((((await row())['due_at'] as Date).getTime() - Date.now()) / 60_000)
const comment = (id: number, body: string, over: object = {}): object => ({
  id,
  body,
  user: PERSON,
  created_at: LATER,
  updated_at: LATER,
  issue_url: 'https://api.github.com/repos/acme/app/issues/1',
  ...over,
})
const thread = (over: object): object => ({
  id: 800,
  number: 1,
  title: 'Title',
  body: '',
  user: PERSON,
  state: 'open',
  labels: [],
  updated_at: LATER,
  ...over,
})
const taskWithPull = async (): Promise<string> => {
  const id = await store.newTask({ issueNumber: 1 })
  await store.sql(`update tasks set pull_number = 2, created_at = $2 where id = $1`, [id, SINCE])
  lists.threads = [thread({ number: 2, pull_request: {} })]
  return id
}

test('a comment that commands comes into the inbox as its webhook would have; all others do not', async () => {
  lists.comments = [
    comment(1, 'Thank you all.'),
    comment(2, '/supervise from a bot', { user: BOT }),
    comment(3, '/supervise now, in an edit', { updated_at: '2026-01-01T10:09:00Z' }),
    comment(4, '/supervise fix it'),
  ]
  await turn()
  expect(await found()).toEqual(['reconciled-comment-4'])
  const [delivery] = await store.sql('select event, payload from deliveries')
  expect(delivery?.['event']).toBe('issue_comment')
  expect(JSON.parse(String(delivery?.['payload']))).toMatchObject({
    action: 'created',
    comment: { id: 4 },
    issue: { number: 1, title: 'Title' },
    installation: { id: REPOSITORY.installationId },
    repository: { id: REPOSITORY.id, name: 'app', owner: { login: 'acme' } },
    sender: { id: PERSON.id },
  })
  await turn()
  expect(await found(), 'once').toHaveLength(1)
})

test('what was delivered and heard, or refused, is known', async () => {
  const id = await store.newTask({ issueNumber: 1 })
  await say(store, id, { sourceKey: 'comment:7' })
  lists.comments = [comment(7, '/supervise status')]
  await turn()
  expect(await found()).toEqual([])
})

test('a plain comment is brought in only to a task that waits for its author', async () => {
  lists.comments = [comment(8, 'The second one.')]
  await turn()
  expect(await found()).toEqual([])
  const id = await store.newTask({ issueNumber: 1 })
  const lease = await store.lease(id)
  await store.walk(lease, 'CLARIFY', { rest: { waitingOn: 'clarification', until: null } })
  lists.comments = [comment(9, 'Not the author.', { user: { ...PERSON, id: 99 } }), comment(10, 'The second one.')]
  await turn()
  expect(await found()).toEqual(['reconciled-comment-10'])
})

test('reviews of a task’s pull request: new ones, dismissed ones, none from before the task', async () => {
  const id = await taskWithPull()
  const review = (n: number, over: object): object => ({
    id: n,
    state: 'APPROVED',
    body: '',
    user: PERSON,
    commit_id: 'a'.repeat(40),
    submitted_at: LATER,
    ...over,
  })
  await say(store, id, { sourceKey: 'review:22', verb: 'review_submitted' })
  lists.reviews = [
    review(20, { submitted_at: '2025-12-31T10:00:00Z', state: 'CHANGES_REQUESTED' }),
    review(21, { state: 'CHANGES_REQUESTED', body: 'More tests' }),
    review(22, { state: 'DISMISSED' }),
    review(23, { state: 'DISMISSED' }),
    review(24, { state: 'COMMENTED' }),
  ]
  await turn()
  expect(await found()).toEqual(['reconciled-review-21', 'reconciled-dismissal-22'])
})

test('a pull request that was closed, unless that was heard', async () => {
  const id = await taskWithPull()
  pull = { ...pull, state: 'closed', merged: true, closed_at: LATER, merged_by: PERSON }
  await turn()
  expect(await found()).toEqual([`reconciled-pull-closed-900-${Date.parse(LATER) / 1_000}`])
  await store.sql('delete from deliveries')
  await say(store, id, { verb: 'pull_request_closed', issueNumber: 2, sourceKey: 'pull_request_closed:a-delivery' })
  await turn()
  expect(await found()).toEqual([])
})

test('an issue that was closed while its task is open, with who closed it', async () => {
  const closed = thread({ state: 'closed', closed_at: LATER, state_reason: 'not_planned' })
  lists.threads = [closed]
  await turn()
  expect(await found(), 'nobody works on it').toEqual([])
  await store.newTask({ issueNumber: 1 })
  fake.on('GET', /\/issues\/1$/, () => ({ body: { ...closed, closed_by: PERSON } }))
  await turn()
  expect(await found()).toEqual([`reconciled-closed-800-${Date.parse(LATER) / 1_000}`])
  const [delivery] = await store.sql('select payload from deliveries')
  expect(JSON.parse(String(delivery?.['payload']))).toMatchObject({ action: 'closed', sender: { id: PERSON.id } })
})

test('a label that starts a task counts as whoever put it, when it was put since the last look', async () => {
  const put = (id: number, name: string, at: string): object => ({
    id,
    event: 'labeled',
    label: { name },
    actor: PERSON,
    created_at: at,
  })
  lists.threads = [thread({ labels: [{ name: 'bug' }, { name: 'supervise' }] })]
  lists.events = [put(30, 'supervise', '2025-12-01T10:00:00Z'), put(31, 'bug', LATER)]
  await turn()
  expect(await found(), 'an old one was looked at in its time').toEqual([])
  await store.sql('update watched_repositories set threads_since = $1', [SINCE])
  lists.events = [...lists.events, put(32, 'supervise', LATER)]
  await turn()
  expect(await found()).toEqual(['reconciled-label-32'])
})

test('the marks follow what was read; nothing new costs two requests, and pauses grow', async () => {
  lists.comments = [comment(1, 'hello')]
  await store.newTask({ issueNumber: 1 })
  await turn()
  expect((await row())['comments_since']).toEqual(new Date(LATER))
  expect(await dueIn()).toBe(5)
  etag = 'W/"same"'
  await turn()
  fake.on('GET', /\/issues(\/comments)?\?/, () => ({ status: 304 }))
  const before = fake.requests.length
  await turn()
  expect(fake.requests.slice(before).map(({ path }) => path.split('?')[0])).toEqual([
    '/repos/acme/app/issues/comments',
    '/repos/acme/app/issues',
  ])
  for (let i = 0; i < 4; i++) await turn()
  expect(await dueIn()).toBe(15)
})

test('one thing that is gone does not stop what comes after it', async () => {
  fake.on('GET', /\/issues\/1$/, () => ({ status: 404, body: { message: 'Not Found' } }))
  const issue_url = 'https://api.github.com/repos/acme/app/issues/5'
  lists.comments = [comment(1, '/supervise fix it'), comment(2, '/supervise fix it', { issue_url })]
  await turn()
  expect(await found()).toEqual(['reconciled-comment-2'])
})

test('a limit, and an installation that is suspended, are respected', async () => {
  fake.on('GET', /\/issues\/comments\?/, () => ({ status: 429, body: {}, headers: { 'retry-after': '1200' } }))
  await turn()
  expect(await dueIn()).toBe(20)
  expect((await row())['comments_since']).toEqual(SINCE)
  await store.sql(
    `insert into installations (id, account_id, account_login, account_type, suspended_at) values ($1, 1, 'acme', 'User', now())`,
    [REPOSITORY.installationId],
  )
  const before = fake.requests.length
  await turn({ ...corridor, github: fake.client() })
  expect(fake.requests).toHaveLength(before)
})

test('while deliveries wait to be read, what they bring is not looked for', async () => {
  await store.sql(
    `insert into deliveries (id, event, payload, received_at) values ('slow', 'ping', '', now() - interval '1 minute')`,
  )
  lists.comments = [comment(4, '/supervise fix it')]
  await turn()
  expect(await found()).toEqual(['slow'])
  expect(await dueIn()).toBe(1)
})

test('a turn is taken by one worker, and a repository where nothing happens any more has none', async () => {
  const turns = await Promise.all([1, 2, 3].map(() => takeTurn(store.db)))
  expect(turns.filter((t) => t !== null)).toHaveLength(1)
  await store.sql(`update watched_repositories set due_at = now(), active_at = now() - interval '8 days'`)
  expect(await takeTurn(store.db)).toBeNull()
  await store.newTask()
  expect(await takeTurn(store.db)).toMatchObject({ hasOpenTask: true, repository: { id: REPOSITORY.id } })
})

test('a repository with an open task is watched, from when it was first heard of', async () => {
  await store.sql('delete from watched_repositories')
  await watchOpenTasks(store.db, 0)
  expect(await row()).toEqual({})
  await store.newTask()
  await watchOpenTasks(store.db, 0)
  const [known] = await store.sql('select created_at from repositories where id = $1', [REPOSITORY.id])
  expect((await row())['comments_since']).toEqual(known?.['created_at'])
})

test('a stranger’s command is refused once and for good, however it comes in again', async () => {
  const stranger = { ...PERSON, id: 55, login: 'stranger' }
  let permission = 'read'
  fake.on('GET', /\/collaborators\/stranger\/permission$/, () => ({
    body: { permission, role_name: permission, user: stranger },
  }))
  const { command } = request(1, { sourceKey: 'comment:40', actor: { ...stranger, type: 'User' } }).accepted
  const intake = { kind: 'command', command } as const
  expect(await accept(corridor, 'delivered', intake)).toBe('actor_without_write_access')
  permission = 'write'
  lists.comments = [comment(40, '/supervise fix it', { user: stranger })]
  await turn()
  expect(await found()).toEqual([])
  expect(await store.sql('select id from tasks')).toEqual([])
})
