import { expect } from 'vitest'
import { expectSingle } from '../../support/single.ts'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

/** The next sweep of failed deliveries, and the next turn of each repository, are due now. */
async function timePasses(w: World): Promise<void> {
  await w.query(`update delivery_sweeps set swept_at = swept_at - interval '1 hour'`)
  await w.query(`update missed_deliveries set tried_at = tried_at - interval '2 hours'`)
  await w.query(`update watched_repositories set due_at = now()`)
}

/** Waits until every repository has had one more turn. */
async function compared(w: World): Promise<void> {
  await isWatched(w)
  const before = await rounds(w)
  await timePasses(w)
  await w.until('a turn of the repository that has ended', async () => (await rounds(w)) > before)
  await w.settled()
}

async function rounds(w: World): Promise<number> {
  const [row] = await w.query<{ rounds: string }>('select coalesce(min(rounds), 0) as rounds from watched_repositories')
  return Number(row?.rounds)
}

/** Something came from the repository, so it is known and watched. */
async function isWatched(w: World): Promise<void> {
  await w.until('repository that is watched', async () => (await w.query('select 1 from watched_repositories'))[0])
}

const REQUEST = '/supervise fix add() in src/add.js: it subtracts, and test/add.test.js expects a sum.'
const foundHere = (w: World): Promise<{ id: string }[]> =>
  w.query<{ id: string }>(`select id from deliveries where id like 'reconciled-%' order by id`)

story('a delivery that failed is asked for again, once it arrives it is over', { limitMs: 90_000 }, async (w) => {
  const { gh, repo } = w
  const { number } = await gh.as('maintainer').issue(repo, 'add() subtracts')
  await w.settled()
  gh.dropDeliveries = 1
  await gh.as('maintainer').comment(repo, number, REQUEST)
  await gh.settle()
  const [lost] = gh.deliveries.slice(-1)
  expect(lost?.status).not.toBe('OK')
  // The redelivery fails as well; the one after it arrives.
  gh.dropDeliveries = 1
  await w.until('first question', async () => {
    await timePasses(w)
    return gh.deliveries.some((d) => d.redelivery && d.status !== 'OK')
  })
  await gh.settle()
  await w.until('second question', async () => {
    await timePasses(w)
    return gh.deliveries.some((d) => d.redelivery && d.guid === lost?.guid && d.status === 'OK')
  })
  await w.reaches('review', 60_000)
  await expectSingle(w, number)
  const asked = w.calls().filter(({ path }) => path.endsWith('/attempts')).length
  await timePasses(w)
  await w.until('delivery that is settled', async () => {
    const open = await w.query(`select 1 from missed_deliveries where settled_as is null`)
    return open.length === 0
  })
  expect(await w.query('select tries, settled_as from missed_deliveries')).toEqual([
    { tries: 2, settled_as: 'arrived' },
  ])
  expect(asked).toBe(2)
  expect(w.calls().filter(({ path }) => path.endsWith('/attempts'))).toHaveLength(asked)
})

story(
  'what came while everything was down is done once after the start',
  { processes: 1, limitMs: 120_000 },
  async (w) => {
    const { gh, repo } = w
    await w.programs[0]?.stop()
    const issues = [1, 2, 3].map(() => gh.as('maintainer').issue(repo, 'add() subtracts'))
    const numbers = (await Promise.all(issues)).map(({ number }) => number)
    for (const number of numbers) await gh.as('maintainer').comment(repo, number, '/supervise status')
    const { issue } = await w.ask()
    await gh.settle()
    expect(gh.deliveries.filter(({ event }) => event === 'issue_comment').every(({ status }) => status !== 'OK')).toBe(
      true,
    )
    await w.run('start')
    await w.reaches('review', 90_000)
    await expectSingle(w, issue)
    for (const number of numbers) expect(await w.mine(number), `#${number}`).toHaveLength(1)
    const again = gh.deliveries.filter(({ redelivery }) => redelivery).map(({ guid }) => guid)
    expect(again.length).toBeGreaterThan(0)
    expect(new Set(again).size, 'each was asked for once').toBe(again.length)
  },
)

story('what GitHub never sent is found: a command, a review, a merge', { limitMs: 150_000 }, async (w) => {
  const { gh, repo } = w
  const { number } = await gh.as('maintainer').issue(repo, 'add() subtracts')
  await isWatched(w)
  // A stranger's command, and an edit that looks like one: both are nobody's command, now and later.
  await gh
    .as('stranger')
    .comment(repo, number, '/supervise delete everything')
    .catch(() => undefined)
  const said = await gh.as('maintainer').comment(repo, number, 'Let us see.')
  await w.settled()
  gh.loseDeliveries = 1
  await gh.as('maintainer').comment(repo, number, REQUEST)
  await gh.settle()
  expect(await w.query('select id from tasks')).toEqual([])
  await compared(w)
  await w.reaches('review', 60_000)
  await expectSingle(w, number)
  const [request] = await foundHere(w)
  expect(request?.id).toMatch(/^reconciled-comment-\d+$/)
  expect(await foundHere(w)).toHaveLength(1)

  const pull = await w.pull()
  gh.loseDeliveries = 1
  await gh.as('reviewer').review(repo, pull.number, { event: 'COMMENT', body: '/supervise status' })
  await gh.settle()
  gh.loseDeliveries = 100
  await gh.as('maintainer').merge(repo, pull.number)
  await gh.settle()
  gh.loseDeliveries = 0
  await gh.as('maintainer').editComment(repo, said.id, '/supervise and now as an edit')
  await compared(w)
  await w.reaches('DONE', 60_000)
  const found = (await foundHere(w)).map(({ id }) => id.replace(/\d.*/, ''))
  expect(found).toContain('reconciled-review-')
  expect(found).toContain('reconciled-pull-closed-')
  // Looked at again, nothing of it is news.
  await compared(w)
  await compared(w)
  expect((await foundHere(w)).map(({ id }) => id.replace(/\d.*/, '')).sort()).toEqual(found.sort())
  expect(await w.query('select id from tasks')).toHaveLength(1)
})

story('a label that nobody told of starts its task, once, and is taken off', { limitMs: 120_000 }, async (w) => {
  const { gh, repo } = w
  const { number } = await gh.as('maintainer').issue(repo, 'fix add() in src/add.js, it subtracts', 'src/add.js')
  await isWatched(w)
  gh.loseDeliveries = 1
  await gh.as('maintainer').label(repo, number, 'supervise')
  await gh.settle()
  await compared(w)
  await w.reaches('review', 60_000)
  await expectSingle(w, number)
  expect(await gh.view.labels(repo, number)).toEqual([])
  await compared(w)
  expect(await w.query('select id from tasks')).toHaveLength(1)
  expect(await foundHere(w)).toHaveLength(1)
})

story(
  'a delivered command is not brought in once more, and a task that waits costs few calls',
  { limitMs: 120_000 },
  async (w) => {
    const { issue } = await w.ask()
    await w.reaches('review', 60_000)
    await isWatched(w)
    await w.settled()
    const began = w.calls().length
    // Half an hour at the rate of the first minutes, one sweep of deliveries a turn included; 65 an hour is the goal.
    for (let turn = 0; turn < 6; turn++) await compared(w)
    const calls = w.calls().slice(began)
    expect(await foundHere(w)).toEqual([])
    const costly = calls.filter(({ status }) => status !== 304)
    expect(
      calls.length,
      calls.map(({ method, path, status }) => `${method} ${path} ${status}`).join('\n'),
    ).toBeLessThan(32)
    expect(costly.length).toBeLessThan(calls.length)
    await expectSingle(w, issue)
  },
)

story('a foreign commit that nobody told of, and a repository that does not answer any more', {}, async (w) => {
  const { gh, repo } = w
  await w.ask()
  await w.reaches('review')
  const { head } = await w.pull()
  gh.loseDeliveries = 100
  await gh.as('maintainer').push({ repo, branch: head.ref, files: { 'NOTES.md': 'mine\n' } })
  await gh.settle()
  gh.loseDeliveries = 0
  await compared(w)
  expect((await foundHere(w)).map(({ id }) => id.replace(/\d+-.*/, ''))).toEqual(['reconciled-head-'])
  const gone = { match: /^GET \S+\/issues\/comments$/, kind: 'error' as const, status: 404, times: 1 }
  gh.faults.push(gone)
  await timePasses(w)
  await w.until('the question what is left', async () => {
    const asked = await w.query(`select reason_code from commands where verb = 'look_again' and applied_at is not null`)
    return asked.length === 1 && asked
  })
})
