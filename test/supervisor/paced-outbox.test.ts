import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { replyMarker } from '../../src/report/markers.ts'
import { storedLimits } from '../../src/store/limits.ts'
import { wantLooseSurface, wantSurface } from '../../src/store/outbox.ts'
import { surfaceOwner } from '../../src/store/tasks.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { drainOutbox } from '../../src/supervisor/outbox/outbox.ts'
import { BOT_ID, type FakeGitHub, startFakeGitHub } from '../github/fake-github.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { corridorOf } from './corridor.ts'

const INSTALLATION = REPOSITORY.installationId
const ISSUE = 3
const KEY = `reply:${REPOSITORY.id}:${ISSUE}`

let store: TestStore
let fake: FakeGitHub
let corridor: Corridor
/** What GitHub has, and what a look-up shows of it. */
let written: { id: number; body: string; user: { id: number } }[]
let shown: () => typeof written
beforeAll(async () => {
  store = await openTestStore()
  await store.newTask()
})
afterAll(() => store.close())
beforeEach(async () => {
  for (const table of ['outbox', 'content_writes', 'rate_holds']) await store.sql(`delete from ${table}`)
  fake = await startFakeGitHub()
  fake.token.repositories = [REPOSITORY.id]
  corridor = { ...corridorOf(store), github: fake.client({ limits: storedLimits(store.db) }) }
  written = []
  shown = () => written
  fake.on('GET', /\/comments\?/, () => ({ body: shown() }))
  fake.on('POST', /\/comments$/, ({ body }) => {
    written.push({ id: written.length + 1, body: String(body['body']), user: { id: BOT_ID } })
    return { status: 201, body: written.at(-1) }
  })
  fake.on('PATCH', /\/comments\/\d+$/, () => ({ body: {} }))
  fake.on('POST', /\/reactions$/, () => ({ status: 201, body: {} }))
  return () => fake.close()
})

const drain = (): Promise<void> => drainOutbox(corridor, INSTALLATION, () => false)
const where = { repositoryId: BigInt(REPOSITORY.id), issueNumber: ISSUE }
const reply = (): Promise<void> =>
  wantLooseSurface(store.db.prisma, where, 'reply', KEY, { reply: { kind: 'help', verbs: [] } })
const react = (commentId: number): Promise<void> =>
  wantLooseSurface(store.db.prisma, where, 'reaction', `reaction:issue_comment:${commentId}`, {
    commentId,
    commentKind: 'issue_comment',
    content: 'eyes',
  })
const rows = (): Promise<Record<string, unknown>[]> => store.sql('select * from outbox order by created_at, id')
const only = async (): Promise<Record<string, unknown>> => (await rows())[0] ?? {}
const isDue = (): Promise<unknown> => store.sql(`update outbox set not_before = now() - interval '1 second'`)
/** Seconds from now on until the row comes back. */
const comesBackIn = (row: Record<string, unknown>): number =>
  ((row['not_before'] as Date).getTime() - Date.now()) / 1_000

describe('a write whose answer was lost', () => {
  beforeEach(async () => {
    fake.on('POST', /\/comments$/, ({ body }) => {
      if (written.length > 0) return undefined
      written.push({ id: 1, body: String(body['body']), user: { id: BOT_ID } })
      return { status: 502, body: {} }
    })
    await reply()
    await drain()
    await isDue()
  })

  test('is looked for soon, and taken over where it is found', async () => {
    await drain()
    expect(await only()).toMatchObject({ remote_id: '1', attempts: 0, sent: 1, last_error: null })
    expect(written[0]?.body).toContain(replyMarker(KEY))
    expect(fake.to('POST', /\/comments$/)).toHaveLength(1)
  })

  test('is not repeated while a look-up may miss it: one more look ten seconds after the try', async () => {
    shown = () => []
    await drain()
    const row = await only()
    expect(row).toMatchObject({ attempts: 1, sent: 0, dead_at: null })
    const triedAt = (row['tried_at'] as Date).getTime()
    expect((row['not_before'] as Date).getTime() - triedAt).toBeGreaterThanOrEqual(9_900)
    expect(fake.to('POST', /\/comments$/)).toHaveLength(1)
    // Ten seconds later it has become visible.
    shown = () => written
    await store.sql(`update outbox set tried_at = tried_at - interval '10 seconds'`)
    await isDue()
    await drain()
    expect(await only()).toMatchObject({ remote_id: '1', sent: 1 })
    expect(fake.to('POST', /\/comments$/)).toHaveLength(1)
  })

  test('is repeated when it is still not there after that', async () => {
    written = []
    fake.on('POST', /\/comments$/, ({ body }) => {
      written.push({ id: 2, body: String(body['body']), user: { id: BOT_ID } })
      return { status: 201, body: { id: 2 } }
    })
    await drain()
    expect(written, 'too early').toEqual([])
    await store.sql(`update outbox set tried_at = tried_at - interval '10 seconds'`)
    await isDue()
    await drain()
    expect(await only()).toMatchObject({ remote_id: '2', sent: 1 })
  })
})

describe('a rate limit', () => {
  test('is no try, leaves nothing to look for, and holds all that waits and all that comes', async () => {
    let limited = true
    fake.on('POST', /\/comments$/, () =>
      limited ? { status: 403, body: { message: 'secondary rate limit' }, headers: { 'retry-after': '7' } } : undefined,
    )
    await reply()
    await drain()
    expect(await only()).toMatchObject({ attempts: 0, tried_at: null, sent: 0, dead_at: null })
    expect(comesBackIn(await only())).toBeGreaterThan(6)
    const sent = fake.requests.length
    await react(1)
    await drain()
    expect(fake.requests).toHaveLength(sent)
    for (const row of await rows()) {
      expect(comesBackIn(row)).toBeGreaterThan(5)
      expect(comesBackIn(row)).toBeLessThanOrEqual(7.1)
    }
    // Another process, which was told nothing, keeps still, too.
    await isDue()
    await drainOutbox(
      { ...corridor, github: fake.client({ limits: storedLimits(store.db) }) },
      INSTALLATION,
      () => false,
    )
    expect(fake.requests).toHaveLength(sent)
    limited = false
    await store.sql(`update rate_holds set until = now() - interval '1 second'`)
    await isDue()
    await drain()
    expect((await rows()).map((row) => row['sent'])).toEqual([1, 1])
    expect(fake.to('GET', /\/comments/), 'nothing was looked up').toEqual([])
  })

  test('without a time holds for a minute, then for two', async () => {
    fake.on('POST', /\/comments$/, () => ({ status: 403, body: { message: 'secondary rate limit' } }))
    await reply()
    for (const minutes of [1, 2, 4]) {
      await drain()
      expect(Math.round(comesBackIn(await only()) / 60)).toBe(minutes)
      await store.sql(`update rate_holds set until = now() - interval '1 second'`)
      await isDue()
    }
    expect(await only()).toMatchObject({ attempts: 0, dead_at: null })
  })
})

describe('pace', () => {
  test('ten writes leave at once; the rest is put off, no worker waits for it, and it leaves later', async () => {
    for (let i = 1; i <= 40; i++) await react(i)
    await drain()
    const sent = fake.to('POST', /\/reactions$/).length
    expect(sent).toBeGreaterThanOrEqual(10)
    expect(sent).toBeLessThan(40)
    const waiting = (await rows()).filter((row) => row['sent'] === 0)
    for (const row of waiting) expect(comesBackIn(row)).toBeLessThanOrEqual(1.1)
    const [job] = await store.sql(`select run_at from graphile_worker.jobs where key = $1`, [
      `outbox:${INSTALLATION}:later`,
    ])
    expect(job?.['run_at'], 'and called back for').toEqual(waiting[0]?.['not_before'])
    for (let n = 0; n < 4; n++) {
      await store.sql(`update content_writes set at = at - interval '1 minute'`)
      await isDue()
      await drain()
    }
    expect(fake.to('POST', /\/reactions$/)).toHaveLength(40)
  })

  test('counts what other workers wrote: a full hour stops everything', async () => {
    await store.sql(
      `insert into content_writes (installation_id, at) select $1, now() - make_interval(secs => 120 + n * 6) from generate_series(1, 500) n`,
      [INSTALLATION],
    )
    await react(1)
    await drain()
    expect(fake.to('POST', /\/reactions$/)).toEqual([])
    expect(comesBackIn(await only())).toBeGreaterThan(60)
  })

  test('progress yields: a task at work waits with its comment, others are answered', async () => {
    await store.sql(
      `insert into content_writes (installation_id, at) select $1, now() - make_interval(secs => 120 + n * 8) from generate_series(1, 420) n`,
      [INSTALLATION],
    )
    const task = await store.task(await store.newTask())
    await wantSurface(store.db.prisma, surfaceOwner(task), 'comment')
    await store.sql(`update outbox set sent_at = now() - interval '1 hour', remote_id = '9'`)
    await react(1)
    await drain()
    expect(fake.to('POST', /\/reactions$/)).toHaveLength(1)
    expect(fake.to('PATCH', /\/comments\/9$/)).toEqual([])
    const comment = (await rows()).find((row) => row['surface'] === 'comment') ?? {}
    expect(comment).toMatchObject({ sent: 0, attempts: 0 })
    expect(comesBackIn(comment)).toBeGreaterThan(60)
  })
})
