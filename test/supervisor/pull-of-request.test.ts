import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { pullOfRequest } from '../../src/supervisor/accept/pull-of-request.ts'
import { startTask } from '../../src/supervisor/accept/start-task.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import type { RequestFlags } from '../../src/task/task.ts'
import { type FakeGitHub, startFakeGitHub } from '../github/fake-github.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { corridorOf, request } from './corridor.ts'

let store: TestStore
let fake: FakeGitHub
let corridor: Corridor
let pull = 500
beforeAll(async () => {
  store = await openTestStore()
  fake = await startFakeGitHub()
  fake.token.repositories = [REPOSITORY.id]
  corridor = { ...corridorOf(store), github: fake.client() }
})
afterAll(async () => {
  await fake.close()
  await store.close()
})
beforeEach(() => {
  pull++
  branch = `feature-${pull}`
})

let branch = ''
/** What GitHub says about every pull request from now on. */
const answering = (over: { readonly head?: object; readonly state?: string } = {}): void =>
  fake.on('GET', /\/pulls\/\d+$/, () => ({
    body: {
      number: pull,
      node_id: 'PR_1',
      html_url: 'https://github.com/acme/app/pull/1',
      state: over.state ?? 'open',
      merged: false,
      merged_at: null,
      draft: false,
      title: 'Title',
      body: 'Body',
      user: { id: 2 },
      head: { ref: branch, sha: 'a'.repeat(40), repo: { id: REPOSITORY.id }, ...over.head },
      base: { ref: 'next', sha: 'b'.repeat(40), repo: { id: REPOSITORY.id } },
    },
  }))

const asked = (flags: RequestFlags = {}) => {
  const { accepted, parsed } = request(pull, { flags })
  const place = { ...accepted.command.place, isPullRequest: true }
  return { accepted: { ...accepted, command: { ...accepted.command, place } }, parsed }
}
const looked = (flags: RequestFlags = {}) => pullOfRequest(corridor, asked(flags).accepted.command, flags)
const start = (flags: RequestFlags = {}) => {
  const { accepted, parsed } = asked(flags)
  return startTask(corridor, accepted, parsed)
}
const tasks = () => store.sql<{ id: string }>('select id from tasks where issue_number = $1', [pull])

test('a branch of the same repository is worked on, towards its own base', async () => {
  answering()
  expect(await looked()).toEqual({
    kind: 'branch',
    branch: { name: branch, headSha: null, pullNumber: pull },
    baseBranch: 'next',
    authorId: 2,
  })
  expect(await looked({ base: 'next' })).toMatchObject({ kind: 'branch' })
})

test.each([
  ['a fork', { head: { repo: { id: 99 } } }, 'fork_not_supported'],
  ['a fork with the same names', { head: { ref: 'main', repo: { id: 99 } } }, 'fork_not_supported'],
  ['a fork that was deleted', { head: { repo: null } }, 'fork_not_supported'],
  ['a closed one', { state: 'closed' }, 'pull_request_not_open'],
  ['one from the default branch', { head: { ref: 'main' } }, 'head_is_default_branch'],
  ['one from a branch with an odd name', { head: { ref: 'x;$(id)' } }, 'head_branch_unusable'],
])('%s is refused, and nothing starts', async (_, over, reasonCode) => {
  answering(over)
  expect(await start()).toBe(reasonCode)
  expect(await tasks()).toEqual([])
  const [reply] = await store.sql<{ payload: object }>(
    "select payload from outbox where surface = 'reply' and issue_number = $1",
    [pull],
  )
  expect(reply?.payload).toMatchObject({ reply: { kind: 'refusal', reasonCode } })
})

test('another base than that of the pull request is refused, with the one that it has', async () => {
  answering()
  expect(await looked({ base: 'main' })).toEqual({
    kind: 'refused',
    reasonCode: 'invalid_flag_value',
    suggestions: ['--base next'],
  })
})

test('the task knows its pull request from the start; the next request there is a follow-up of it', async () => {
  answering()
  expect(await start()).toBe('command_accepted')
  const [task] = await tasks()
  expect(await store.task(task?.id ?? '')).toMatchObject({
    branch,
    headSha: null,
    pullNumber: pull,
    baseBranch: 'next',
    inputs: { pullAuthorId: 2 },
  })
  expect(await start()).toBe('command_accepted')
  expect(await start({ new: true })).toBe('branch_has_task')
  expect(await tasks()).toHaveLength(1)
  const said = await store.sql('select verb, argument from commands where task_id = $1 order by seq', [task?.id])
  expect(said.map(({ verb }) => verb)).toEqual(['run', 'follow_up'])
  expect(said[1]).toMatchObject({ argument: { body: 'fix it', lines: [] } })
})

test('two pull requests of one branch have one task', async () => {
  answering()
  expect(await start()).toBe('command_accepted')
  pull++
  expect(await start()).toBe('branch_has_task')
  expect(await tasks()).toEqual([])
})

test('two requests at once are one task', async () => {
  answering()
  const outcomes = await Promise.all([start(), start(), start()])
  expect(outcomes).toContain('command_accepted')
  expect(await tasks()).toHaveLength(1)
})
