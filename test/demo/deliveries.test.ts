import { Webhooks } from '@octokit/webhooks'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Receiver, startReceiver } from './receiver.ts'
import { appJwt, at, installationToken, openWorld, rest, type TestWorld } from './world.ts'

let world: TestWorld
let receiver: Receiver
let issue: number
beforeAll(async () => {
  world = await openWorld()
  receiver = await startReceiver()
  issue = (await world.gh.as('maintainer').issue(world.repo, 'Deliveries')).number
  await world.gh.settle()
  world.gh.webhookUrl = receiver.url
})
beforeEach(() => {
  receiver.received.length = 0
  receiver.status = 202
})
afterEach(() => world.gh.settle())
afterAll(async () => {
  await world.close()
  await receiver.close()
})

const comment = (body: string) => world.gh.as('maintainer').comment(world.repo, issue, body)

test('a delivery is signed, has a GUID of its own and says who did what where', async () => {
  await Promise.all([comment('one'), comment('two'), comment('three')])
  await world.gh.settle()
  expect(receiver.received).toHaveLength(3)
  const webhooks = new Webhooks({ secret: world.gh.app.webhookSecret })
  for (const { headers, body } of receiver.received) {
    expect(await webhooks.verify(body, String(headers['x-hub-signature-256']))).toBe(true)
    expect(headers['x-github-event']).toBe('issue_comment')
    expect(JSON.parse(body)).toMatchObject({
      action: 'created',
      installation: { id: world.gh.app.installationId },
      repository: { full_name: world.repo, private: true, default_branch: 'main' },
      sender: { login: 'maintainer', id: world.gh.userId('maintainer'), type: 'User' },
      issue: { number: issue },
    })
  }
  expect(new Set(receiver.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(3)
})

test('a duplicate carries the same GUID', async () => {
  world.gh.duplicateDeliveries = 3
  await comment('three times')
  await world.gh.settle()
  world.gh.duplicateDeliveries = 1
  expect(receiver.received).toHaveLength(3)
  expect(new Set(receiver.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(1)
})

test('a failed delivery stands in the log and is redelivered with its GUID', async () => {
  world.gh.dropDeliveries = 1
  await comment('dropped')
  receiver.status = 500
  await world.gh.settle()
  await comment('refused')
  await world.gh.settle()
  receiver.status = 202
  const jwt = await appJwt(world.gh)
  const log = await rest(world.gh, jwt, 'GET', '/app/hook/deliveries?status=failure&per_page=2')
  expect(log.json).toMatchObject([
    { status: 'Invalid HTTP Response: 500', status_code: 500, event: 'issue_comment', redelivery: false },
    { status: 'failed to connect to host', status_code: 502 },
  ])
  const id = Number(at(log.json, 1, 'id'))
  const whole = await rest(world.gh, jwt, 'GET', `/app/hook/deliveries/${id}`)
  expect(at(whole.json, 'request', 'payload', 'comment', 'body')).toBe('dropped')

  receiver.received.length = 0
  expect((await rest(world.gh, jwt, 'POST', `/app/hook/deliveries/${id}/attempts`)).status).toBe(202)
  await world.gh.settle()
  expect(receiver.received[0]?.headers['x-github-delivery']).toBe(at(log.json, 1, 'guid'))
  const newest = await rest(world.gh, jwt, 'GET', '/app/hook/deliveries?per_page=1')
  expect(newest.json).toMatchObject([{ guid: at(log.json, 1, 'guid'), redelivery: true, status: 'OK' }])
})

test('the log is paged by a cursor, is for the App only, and ends after three days', async () => {
  await comment('a')
  await comment('b')
  await world.gh.settle()
  const jwt = await appJwt(world.gh)
  const seen: unknown[] = []
  let path: string | null = '/app/hook/deliveries?per_page=2'
  while (path !== null && seen.length < 100) {
    const page = await rest(world.gh, jwt, 'GET', path)
    seen.push(...(page.json as { id: number }[]).map(({ id }) => id))
    path = /<https?:\/\/[^/]+([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? null
  }
  expect(seen).toEqual(world.gh.deliveries.map(({ id }) => id).reverse())
  const token = await installationToken(world.gh)
  expect((await rest(world.gh, token, 'GET', '/app/hook/deliveries')).status).toBe(401)

  const other = await openWorld()
  await other.gh.as('maintainer').issue(other.repo, 'Old')
  await other.gh.settle()
  other.gh.passTime(3 * 86_400_000 + 1)
  expect((await rest(other.gh, await appJwt(other.gh), 'GET', '/app/hook/deliveries')).json).toEqual([])
  await other.close()
})

test('a lost delivery leaves no trace, a paused one arrives later', async () => {
  const before = world.gh.deliveries.length
  world.gh.loseDeliveries = 1
  await comment('lost')
  await world.gh.settle()
  expect(world.gh.deliveries).toHaveLength(before)
  world.gh.pauseDeliveries()
  await comment('held')
  await world.gh.settle()
  expect(receiver.received).toHaveLength(0)
  world.gh.resumeDeliveries()
  await world.gh.settle()
  expect(receiver.received).toHaveLength(1)
})

test('anything can be delivered, also with a wrong signature', async () => {
  const headers = { 'x-hub-signature-256': 'sha256=00' }
  const record = await world.gh.deliver('issues', { action: 'opened' }, { headers })
  expect(record.statusCode).toBe(202)
  expect(receiver.received[0]?.headers['x-hub-signature-256']).toBe('sha256=00')
  const text = await world.gh.deliver('issues', '{"action":', {})
  expect(receiver.received[1]?.body).toBe('{"action":')
  expect(text.action).toBeNull()
})

test('the App hears only of what it has subscribed to', async () => {
  const narrow = await openWorld({
    manifest: { permissions: { issues: 'write', metadata: 'read' }, events: ['issues'] },
  })
  const { number } = await narrow.gh.as('maintainer').issue(narrow.repo, 'Subscribed')
  await narrow.gh.as('maintainer').comment(narrow.repo, number, 'not subscribed')
  await narrow.gh.settle()
  expect(narrow.gh.deliveries.map(({ event }) => event)).toEqual(['issues'])
  await narrow.close()
})
