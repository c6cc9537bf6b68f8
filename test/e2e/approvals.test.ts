import { expect } from 'vitest'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const UNVERIFIABLE = { '.github/supervisor.yml': null, 'package.json': '{ "name": "sum", "type": "module" }\n' }

async function atReview(w: World): Promise<{ issue: number; number: number; head: { ref: string; sha: string } }> {
  const { issue } = await w.ask()
  await w.reaches('REPORT review')
  await w.settled()
  const { number, head } = await w.pull()
  return { issue, number, head }
}

story(
  'the button Approve of the check run accepts its commit, and is there only for that',
  { files: UNVERIFIABLE },
  async (w) => {
    const { gh, repo } = w
    const { head } = await atReview(w)
    const check = await w.checkOn(head.sha)
    expect(check['actions']).toMatchObject([
      { identifier: 'approve' },
      { identifier: 'retry' },
      { identifier: 'discard' },
    ])
    await expect(gh.as('reader').pressButton(repo, check.id, 'approve')).rejects.toThrow(/write/)
    await gh.as('reviewer').pressButton(repo, check.id, 'approve')
    await w.reaches('DONE')
    await w.settled()
    expect(await w.query('select actor_login, source, gate, head_sha from approvals')).toEqual([
      { actor_login: 'reviewer', source: 'button', gate: 'result', head_sha: head.sha },
    ])
    expect((await w.checkOn(head.sha))['actions']).toEqual([])
    expect(w.wasEverGreen()).toBe(false)
  },
)

story(
  'the button Discard ends the task; an older commit’s button does nothing, and says so',
  { files: UNVERIFIABLE },
  async (w) => {
    const { gh, repo } = w
    const { issue, head } = await atReview(w)
    const old = await w.checkOn(head.sha)
    const theirs = await gh.as('reviewer').push({ repo, branch: head.ref, files: { 'NOTES.md': 'mine\n' } })
    const present = await w.checkOn(theirs)
    await w.reaches('REPORT review')
    await w.settled()
    await gh.as('reviewer').pressButton(repo, old.id, 'discard')
    await w.says(issue, /belongs to the check run of another commit/)
    await gh.as('reviewer').pressButton(repo, old.id, 'approve')
    await w.settled()
    await w.reaches('REPORT review')
    await gh.as('reviewer').pressButton(repo, present.id, 'discard')
    await w.reaches('CANCELLED')
    await w.settled()
    expect((await w.checkOn(theirs)).conclusion).toBe('cancelled')
  },
)

const SLOW = 'verify:\n  - { name: tests, run: "sleep 3; node --test", timeout: 1m, required: true }\n'

story(
  'Re-run verifies the same commit again, with evidence of its own',
  { files: { '.github/supervisor.yml': SLOW }, config: { approvals: { required: 2 } }, limitMs: 120_000 },
  async (w) => {
    const { gh, repo } = w
    const { number, head } = await atReview(w)
    const check = await w.checkOn(head.sha)
    await gh.as('maintainer').review(repo, number, { event: 'APPROVE' })
    await w.settled()
    const states = (): unknown[] =>
      w
        .calls()
        .filter(({ method, path }) => method === 'PATCH' && path.endsWith(`/check-runs/${check.id}`))
        .map(({ body }) => (JSON.parse(body) as { status: unknown; conclusion?: unknown }).conclusion ?? 'in_progress')
    for (const what of ['run', 'suite'] as const) {
      const before = states().length
      await gh.as('reviewer').rerun(repo, check.id, what)
      await w.until(`verdict of the re-run (${what})`, () => {
        const since = states().slice(before)
        return since[0] === 'in_progress' && since.at(-1) === 'success'
      })
      await w.reaches('REPORT review')
      await w.settled()
    }
    const rounds = await w.query(
      "select round, count(*)::int as passed from evidence where verdict = 'pass' and commit = $1 group by round order by round",
      [head.sha],
    )
    expect(rounds).toHaveLength(3)
    expect(new Set(rounds.map((r) => r['passed'])).size, 'each time as much').toBe(1)
    expect(await w.checks(), 'one run for the commit').toHaveLength(1)
    expect(await w.agentRuns()).toBe(1)

    await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
    await w.reaches('DONE')
  },
)

story(
  'a commit that a person pushes becomes the head: verified, approved anew, built upon',
  { agent: 'two-rounds', config: { approvals: { required: 2 } }, limitMs: 120_000 },
  async (w) => {
    const { gh, repo } = w
    const { issue, number, head } = await atReview(w)
    await gh.as('maintainer').review(repo, number, { event: 'APPROVE' })
    await w.settled()
    expect(await w.says(issue, /Approved so far/)).toMatch(/`maintainer` \(review\)/)
    const theirs = await gh.as('reviewer').push({ repo, branch: head.ref, files: { 'NOTES.md': 'mine\n' } })
    expect((await w.checkOn(theirs)).conclusion).toBe('success')
    await w.reaches('REPORT review')
    await w.settled()
    const told = await w.says(issue, /Somebody else pushed/)
    expect(told).toContain(`${theirs.slice(0, 7)} by reviewer`)
    expect(told, 'what was approved is not this').not.toMatch(/Approved so far/)
    expect((await w.query('select void_reason from approvals'))[0]).toMatchObject({ void_reason: expect.any(String) })

    const broken = await gh.as('reviewer').push({
      repo,
      branch: head.ref,
      files: { 'src/add.js': 'export const add = (a, b) => a * b\n' },
    })
    expect((await w.checkOn(broken)).conclusion).toBe('failure')
    await w.reaches('REPORT review')
    await w.settled()
    await w.says(issue, /Not verified, waiting for review/)
    expect(await w.agentRuns(), 'nobody works on it unasked').toBe(1)
    await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
    await gh.as('maintainer').comment(repo, number, '/supervise approve')
    await w.settled()
    await w.reaches('REPORT review')

    const mended = { 'src/add.js': 'export const add = (a, b) => a - b\n' }
    await gh.as('reviewer').push({ repo, branch: head.ref, from: theirs, files: mended })
    await w.until('the forced commit', async () => (await w.reaches('REPORT')).head_sha !== broken)
    await w.reaches('REPORT review')
    await gh.as('reviewer').review(repo, number, { event: 'REQUEST_CHANGES', body: 'Please add CHANGES.txt, too.' })
    await w.until('second round', async () => (await w.agentRuns()) === 2)
    await w.reaches('REPORT review')
    await w.settled()
    const { sha } = (await w.pull()).head
    expect(await gh.view.show(repo, sha, 'NOTES.md'), 'their work is in it').toBe('mine')
    expect(await gh.view.show(repo, sha, 'CHANGES.txt')).toMatch(/adds/)
    expect((await w.checkOn(sha)).conclusion).toBe('success')
  },
)

story('an edited text is read, planned and approved anew', { config: { automation: 'manual' } }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('PLAN approval')
  const [plan] = await w.query<{ plan_hash: string; snapshot_hash: string }>(
    'select plan_hash, snapshot_hash from tasks',
  )
  const asking = (await w.says(issue, /approve plan/)).match(/supervise:reply=\S+/)?.[0]
  await gh.as('maintainer').api('PATCH', `/repos/${repo}/issues/${issue}`, {
    body: 'add(2, 3) gives -1 in `src/add.js`. Name the culprit: HEISENBUG.',
  })
  expect(await w.says(issue, /The text was edited/)).toMatch(/\(body, by maintainer\)/)
  await w.until('another plan', async () => {
    const [now] = await w.query<{ plan_hash: string | null }>('select plan_hash from tasks')
    return now?.plan_hash !== null && now?.plan_hash !== plan?.plan_hash
  })
  await w.reaches('PLAN approval')
  await w.settled()
  expect((await w.says(issue, /approve plan/)).match(/supervise:reply=\S+/)?.[0]).not.toBe(asking)
  await gh.as('reviewer').comment(repo, issue, `/supervise approve ${plan?.plan_hash.slice(0, 10)}`)
  const refused = await w.says(issue, /approval does not count/)
  const present = /\/supervise approve ([0-9a-f]{7})/.exec(refused)?.[1]
  await w.reaches('PLAN approval')
  await gh.as('reviewer').comment(repo, issue, `/supervise approve ${present}`)
  await w.reaches('review')
  const [approval] = await w.query<{ snapshot_hash: string }>('select snapshot_hash from approvals')
  expect(approval?.snapshot_hash).not.toBe(plan?.snapshot_hash)
  const [task] = await w.query<{ snapshot_hash: string }>('select snapshot_hash from tasks')
  expect(approval?.snapshot_hash).toBe(task?.snapshot_hash)
})

story('a review that is dismissed when all is over changes the record and nothing else', {}, async (w) => {
  const { gh, repo } = w
  const { number } = await atReview(w)
  const review = await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
  await w.reaches('DONE')
  await w.settled()
  await gh.as('maintainer').dismissReview(repo, number, review.id, 'I looked again.')
  await w.until('void record', async () => (await w.query('select 1 from approvals where voided_at is not null'))[0])
  await w.settled()
  expect(await w.reaches('DONE')).toMatchObject({ reason_code: 'archived' })
})

story(
  'what changes while a task is paused is looked at when it goes on',
  { config: { automation: 'manual' }, limitMs: 120_000 },
  async (w) => {
    const { gh, repo } = w
    const say = (issue: number, text: string) => gh.as('maintainer').comment(repo, issue, `/supervise ${text}`)
    const { issue } = await w.ask()
    await w.reaches('PLAN approval')
    const [first] = await w.query<{ snapshot_hash: string }>('select snapshot_hash from tasks')
    await say(issue, 'pause')
    await w.reaches('PAUSED')
    await gh
      .as('maintainer')
      .api('PATCH', `/repos/${repo}/issues/${issue}`, { body: 'add(2, 3) gives -1 in `src/add.js`: see!' })
    await w.settled()
    await say(issue, 'resume')
    await w.says(issue, /The text was edited/)
    await w.reaches('PLAN approval')
    const [now] = await w.query<{ snapshot_hash: string }>('select snapshot_hash from tasks')
    expect(now?.snapshot_hash).not.toBe(first?.snapshot_hash)
    await say(issue, 'approve')

    await w.reaches('REPORT review')
    await w.settled()
    const { head } = await w.pull()
    await say(issue, 'pause')
    await w.reaches('PAUSED')
    const theirs = await gh.as('reviewer').push({ repo, branch: head.ref, files: { 'NOTES.md': 'mine\n' } })
    await w.settled()
    await say(issue, 'resume')
    await w.until('verdict on their commit', async () => (await w.checkOn(theirs)).conclusion === 'success')
    await w.reaches('REPORT review')
  },
)

story('the button Retry of a task that has failed starts another one on its branch', { agent: 'liar' }, async (w) => {
  const { gh, repo } = w
  await w.ask()
  await w.reaches('FAILED')
  await w.settled()
  const { head } = await w.pull()
  const check = await w.checkOn(head.sha)
  expect(check['actions']).toMatchObject([{ identifier: 'retry' }])
  await gh.as('reviewer').pressButton(repo, check.id, 'retry')
  await w.until('another task', async () => (await w.query('select 1 from tasks')).length === 2)
  const [child] = await w.query<{ requester_login: string; branch: string }>(
    'select requester_login, branch from tasks where parent_id is not null',
  )
  expect(child).toEqual({ requester_login: 'reviewer', branch: head.ref })
  await w.reaches('FAILED')
})
