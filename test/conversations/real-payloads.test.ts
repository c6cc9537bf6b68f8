import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { readManifest } from '../../src/demo/manifest.ts'
import { packageRoot } from '../../src/package-root.ts'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

type Payload = Readonly<Record<string, unknown>>
interface Example {
  readonly event: string
  readonly payload: Payload
}
interface Outcome {
  readonly [column: string]: unknown
  readonly event: string
  readonly action: string | null
  readonly reason_code: string | null
}

const ROOT = packageRoot(import.meta.dirname)

story('what GitHub really sends goes through the door without an error', {}, async (w) => {
  const real = await examples()
  for (const { event, payload } of real) await w.gh.deliver(event, payload)
  const outcomes = await handled(w, real.length)
  // GitHub's own examples are of a repository and of people who are strangers here.
  expect(unread(outcomes)).toEqual([])
  expect(await w.query('select id from tasks')).toEqual([])
  expect(w.calls().filter(({ method, path }) => method !== 'GET' && !path.endsWith('/access_tokens'))).toEqual([])
})

story('the same from our repository and by somebody who may write', { agent: 'good-fix' }, async (w) => {
  const real = await examples()
  const { body } = await seen(w)
  const { repository, sender } = JSON.parse(body) as Payload
  for (const { event, payload } of real) await w.gh.deliver(event, moved(payload, { repository, sender }))
  const outcomes = await handled(w, real.length + 1)
  expect(unread(outcomes)).toEqual([])
  expect(await w.query('select id from tasks'), 'none of them is a command').toEqual([])
})

/** All that GitHub publishes for the events that the App hears of, as they come to an App: with their installation. */
async function examples(): Promise<Example[]> {
  const { events } = await readManifest(join(ROOT, 'app.yml'))
  const heard = [...events, 'installation', 'installation_repositories']
  const file = join(ROOT, 'node_modules/@octokit/webhooks-examples/api.github.com/index.json')
  const all = JSON.parse(readFileSync(file, 'utf8')) as { name: string; examples: Payload[] }[]
  const found = all.filter(({ name }) => heard.includes(name))
  expect(found.map(({ name }) => name).toSorted()).toEqual(heard.toSorted())
  const installation = { id: 1001, node_id: 'I_1001' }
  return found.flatMap(({ name, examples: some }) =>
    some.map((payload) => ({ event: name, payload: { installation, ...payload } })),
  )
}

/** One delivery of the loopback GitHub, for its repository and its sender. */
async function seen(w: World): Promise<{ readonly body: string }> {
  await w.gh.as('maintainer').issue(w.repo, 'add() subtracts')
  await w.gh.settle()
  return { body: w.gh.deliveries.at(-1)?.body ?? '' }
}

/** Everything that was written in it is by that sender, too: a comment of somebody else is no command of theirs. */
function moved(payload: Payload, to: Payload): Payload {
  const written = ['comment', 'review'].flatMap((key) => {
    const value = payload[key]
    return typeof value === 'object' && value !== null ? [[key, { ...value, user: to['sender'] }]] : []
  })
  return { ...payload, ...Object.fromEntries(written), ...('repository' in payload ? to : { sender: to['sender'] }) }
}

/** Waits until every delivery is over; none may have failed, not even for a while. */
async function handled(w: World, count: number): Promise<Outcome[]> {
  await w.settled()
  const rows = await w.query<Outcome>(
    `select event, convert_from(payload, 'utf8')::json->>'action' as action, status, reason_code, attempts, error
     from deliveries order by seq`,
  )
  expect(rows.length).toBe(count)
  expect(rows.filter(({ status, error, attempts }) => status === 'dead' || error !== null || attempts !== 0)).toEqual(
    [],
  )
  return rows
}

/** Those whose shape was not understood. */
const unread = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ event, action, reason_code }) =>
    reason_code === 'delivery_malformed' ? [`${event}.${action}`] : [],
  )
