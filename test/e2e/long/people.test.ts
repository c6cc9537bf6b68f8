import { expect } from 'vitest'
import { story } from '../../support/story.ts'

const HANGING_TESTS = 'verify:\n  - { name: tests, run: "while :; do sleep 1; done", timeout: 5m, required: true }\n'

story('cancel ends a verification that hangs', { files: { '.github/supervisor.yml': HANGING_TESTS } }, async (w) => {
  const { issue } = await w.ask()
  await w.until('verification', () =>
    w.processes().some(({ command }) => command.includes('while :; do sleep 1; done')),
  )
  await w.gh.as('maintainer').comment(w.repo, issue, '/supervise cancel')
  await w.reaches('CANCELLED')
  expect(w.processes()).toEqual([])
  await w.says(issue, /Cancelled/)
  await w.settled()
  expect(await w.gh.view.branches(w.repo)).toEqual(['main'])
})

story('what a person pushes onto the branch is kept, verified and built upon', { agent: 'two-rounds' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('review')
  await w.settled()
  const { head, number } = await w.pull()
  const theirs = await gh.as('reviewer').push({ repo, branch: head.ref, files: { 'NOTES.md': 'mine\n' } })
  expect((await w.checkOn(theirs)).conclusion).toBe('success')

  await w.reaches('REPORT review')
  await gh.as('reviewer').review(repo, number, { event: 'REQUEST_CHANGES', body: 'Please add CHANGES.txt, too.' })
  await w.until('a commit on top', async () => (await w.pull()).head.sha !== theirs)
  await w.reaches('REPORT review')
  await w.settled()
  const { head: second } = await w.pull()
  expect(await gh.view.git(repo, 'rev-list', '--count', `main..${second.sha}`)).toBe('3')
  expect(await gh.view.git(repo, 'merge-base', theirs, second.sha)).toBe(theirs)
  expect(await gh.view.show(repo, second.sha, 'NOTES.md')).toBe('mine')
  expect(await gh.view.show(repo, second.sha, 'CHANGES.txt')).toContain('add() adds')
  expect((await w.checkOn(second.sha)).conclusion).toBe('success')
  await w.says(issue, /Somebody else pushed to the branch/)
})

story('two tasks on one issue do not meet', { agent: 'gated-fix' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await gh.as('reviewer').comment(repo, issue, '/supervise --new fix add() in src/add.js, another way')
  await w.until('two agents', async () => (await w.agentRuns()) === 2)
  await w.openGate()
  await w.until(
    'two tasks at rest',
    async () => (await w.query("select 1 from tasks where waiting_on = 'review'")).length === 2,
  )
  await w.settled()
  const pulls = await gh.view.pulls(repo)
  expect(new Set(pulls.map(({ head }) => head.ref)).size).toBe(2)
  for (const { head } of pulls) expect((await w.checkOn(head.sha)).conclusion).toBe('success')
  expect(await w.mine(issue)).toHaveLength(2)

  await gh.as('maintainer').comment(repo, issue, '/supervise cancel')
  await w.says(issue, /--task/)
  const [first] = await w.query<{ id: string; pull_number: number }>('select id, pull_number from tasks order by id')
  await gh.as('maintainer').comment(repo, issue, `/supervise cancel --task ${first?.id}`)
  await w.until(
    'one cancelled',
    async () => (await w.query("select 1 from tasks where state = 'CANCELLED'")).length === 1,
  )
  await w.settled()
  expect(await w.query('select state from tasks order by id')).toEqual([{ state: 'CANCELLED' }, { state: 'REPORT' }])
})

story('an approval of an older commit does not count for a newer one', { agent: 'two-rounds' }, async (w) => {
  const { gh, repo } = w
  await w.ask()
  await w.reaches('review')
  await w.settled()
  const { head, number } = await w.pull()
  await gh.as('reviewer').review(repo, number, { event: 'REQUEST_CHANGES', body: 'Please add CHANGES.txt, too.' })
  await w.until('second commit', async () => (await w.pull()).head.sha !== head.sha)
  await w.reaches('REPORT review')
  await w.settled()
  await gh.as('reviewer').review(repo, number, { event: 'APPROVE', commitId: head.sha })
  await w.settled()
  await w.reaches('REPORT review')
  await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
  await w.reaches('DONE')
})

story('a push that a rule of the repository forbids is told at once', {}, async (w) => {
  w.gh.faults.push({ match: /git-receive-pack$/, kind: 'error', status: 403, times: 100 })
  const { issue } = await w.ask()
  expect(await w.reaches('FAILED')).toMatchObject({ reason_code: 'push_refused' })
  await w.says(issue, /GitHub refused the push/)
  await w.settled()
  expect(await w.gh.view.pulls(w.repo)).toEqual([])
})
