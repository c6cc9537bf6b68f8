import { afterEach, beforeEach, expect, test } from 'vitest'
import { createComment, findCommentByMarker, updateComment } from '../../src/github/comments.ts'
import { isRefusal } from '../../src/github/failure.ts'
import { readIssue } from '../../src/github/issues.ts'
import { type Limits, limitsOfProcess } from '../../src/github/limits.ts'
import { type FakeGitHub, REPO, startFakeGitHub } from './fake-github.ts'

let fake: FakeGitHub
let limits: Limits
let wrote: number[]
beforeEach(async () => {
  fake = await startFakeGitHub()
  wrote = []
  limits = { ...limitsOfProcess(), wrote: async (id) => void wrote.push(id) }
})
afterEach(() => fake.close())

const LIMIT = { message: 'You have exceeded a secondary rate limit' }
const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => null).catch((error: unknown) => error)
const minutesUntil = (at: unknown): number => Math.round(((at as Date).getTime() - Date.now()) / 60_000)

test('writes are counted for their installation before they leave, reads are not', async () => {
  fake.on('POST', /comments$/, () => ({ status: 502, body: {} }))
  fake.on('PATCH', /comments\/1$/, () => ({ body: { id: 1 } }))
  fake.on('GET', /comments/, () => ({ body: [] }))
  const github = fake.client({ limits })
  await failureOf(createComment(github, REPO, 5, 'x'))
  await updateComment(github, REPO, 1, 'y')
  await findCommentByMarker(github, REPO, 5, 'marker')
  expect(wrote).toEqual([REPO.installationId, REPO.installationId])
})

test('a longer hold than GitHub’s own word is what the failure tells', async () => {
  fake.on('POST', /comments$/, () => ({ status: 403, body: LIMIT }))
  const hold = async (): Promise<Date> => new Date(Date.now() + 4 * 60_000)
  const failure = await failureOf(createComment(fake.client({ limits: { ...limits, hold } }), REPO, 5, 'x'))
  expect(minutesUntil((failure as { retryAt: Date }).retryAt)).toBe(4)
})

test('a limit that one process is told of silences the others, tokens for git included', async () => {
  fake.on('POST', /comments$/, () => ({ status: 403, body: LIMIT, headers: { 'retry-after': '30' } }))
  const [one, other] = [fake.client({ limits }), fake.client({ limits })]
  const failure = await failureOf(createComment(one, REPO, 5, 'x'))
  expect(isRefusal(failure)).toBe(true)
  const sent = fake.requests.length
  const { retryAt } = failure as { retryAt: Date }
  const held = { reasonCode: 'github_rate_limited', retryAt, status: null }
  await expect(readIssue(other, REPO, 5)).rejects.toMatchObject(held)
  await expect(other.token('push', REPO)).rejects.toMatchObject(held)
  expect(fake.requests).toHaveLength(sent)
})

test('a secondary limit without a time is a minute: what fails says so', async () => {
  fake.on('POST', /comments$/, () => ({ status: 403, body: LIMIT }))
  const github = fake.client({ limits })
  const first = await failureOf(createComment(github, REPO, 5, 'x'))
  expect(minutesUntil((first as { retryAt: Date }).retryAt)).toBe(1)
})

test('an overloaded server that names a time is left alone until then, too', async () => {
  fake.on('GET', /issues\/5$/, () => ({ status: 503, body: {}, headers: { 'retry-after': '30' } }))
  const github = fake.client({ limits })
  const failure = await failureOf(readIssue(github, REPO, 5))
  expect(failure).toMatchObject({ reasonCode: 'github_unavailable', status: 503 })
  expect(isRefusal(failure), 'nobody knows whether it was done').toBe(false)
  const sent = fake.requests.length
  await failureOf(readIssue(github, REPO, 5))
  expect(fake.requests).toHaveLength(sent)
})

test('when the limits cannot be kept, GitHub’s own word still reaches who asked', async () => {
  fake.on('GET', /issues\/5$/, () => ({ status: 429, body: LIMIT, headers: { 'retry-after': '7' } }))
  const away = async (): Promise<never> => {
    throw new Error('the database is away')
  }
  const github = fake.client({ limits: { ...limits, hold: away } })
  expect(await failureOf(readIssue(github, REPO, 5))).toMatchObject({ reasonCode: 'github_rate_limited', status: 429 })
})

test('what an answer says is left of the hour is told, of REST calls alone', async () => {
  const told: unknown[] = []
  const headers = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': '1800000000' }
  fake.on('PATCH', /comments\/1$/, () => ({ body: { id: 1 }, headers }))
  fake.on('PATCH', /comments\/2$/, () => ({
    body: { id: 2 },
    headers: { ...headers, 'x-ratelimit-resource': 'graphql' },
  }))
  fake.on('PATCH', /comments\/3$/, () => ({ body: { id: 3 }, headers: { 'x-ratelimit-limit': 'many' } }))
  const github = fake.client({ limits: { ...limits, told: async (id, reading) => void told.push([id, reading]) } })
  for (const id of [1, 2, 3]) await updateComment(github, REPO, id, 'y')
  expect(told).toEqual([
    [REPO.installationId, { most: 5_000, remaining: 4_999, resetsAt: new Date('2027-01-15T08:00:00Z') }],
  ])
})
