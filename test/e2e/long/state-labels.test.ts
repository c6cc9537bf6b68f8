import { expect } from 'vitest'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

const ON = { labels: { states: true } }
const FILE = '.github/supervisor.yml'
const REPOSITORY_FILE = 'verify:\n  - { name: tests, run: node --test, timeout: 1m, required: true }\n'

const labels = async (w: World, number: number): Promise<string[]> =>
  (await w.gh.view.labels(w.repo, number)).toSorted()
const shows = (w: World, number: number, wanted: string[]): Promise<boolean> =>
  w.until(`#${number} labelled ${wanted.join()}`, async () => (await labels(w, number)).join() === wanted.join())

/** What the App did to labels, in order. */
const written = (w: World): string[] =>
  w
    .calls()
    .filter(({ method, path }) => method !== 'GET' && /\/labels(?:\/|$)/.test(path))
    .map(({ method, path }) => `${method} ${decodeURIComponent(path.replace(/^\/repos\/[^/]+\/[^/]+/, ''))}`)

story(
  'the state is a label of issue and pull request, one at a time, and others are left alone',
  { config: ON },
  async (w) => {
    const { gh, repo } = w
    const { number: issue } = await gh.as('maintainer').issue(repo, 'add() subtracts', 'In `src/add.js`.')
    await gh.as('maintainer').label(repo, issue, 'bug')
    await gh.as('maintainer').comment(repo, issue, '/supervise fix add() in src/add.js')
    await w.reaches('REPORT review')
    await w.settled()
    await shows(w, issue, ['bug', 'supervisor:waiting'])
    const { number } = await w.pull()
    await shows(w, number, ['supervisor:waiting'])
    const made = (await gh.as(gh.owner).api('GET', `/repos/${repo}/labels/supervisor:waiting`)) as { color: string }
    expect(made.color).toBe('fbca04')

    // Put by hand, it is not what the task is.
    await gh.as('maintainer').label(repo, issue, 'supervisor:failed')
    await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
    await w.reaches('DONE')
    await w.settled()
    await shows(w, issue, ['bug', 'supervisor:done'])
    await shows(w, number, ['supervisor:done'])
    expect(await w.query('select 1 from tasks'), 'no label of ours is a command').toHaveLength(1)
    const onIssue = written(w).filter((call) => call.includes(`/issues/${issue}/labels`))
    const at = (call: string): number => onIssue.indexOf(call)
    expect(at(`DELETE /issues/${issue}/labels/supervisor:waiting`), 'taken off before the next is put').toBeLessThan(
      onIssue.lastIndexOf(`POST /issues/${issue}/labels`),
    )
  },
)

story('a label that a person takes off stays off until the next task', { config: ON }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('REPORT review')
  await w.settled()
  await shows(w, issue, ['supervisor:waiting'])
  await gh.as('maintainer').api('DELETE', `/repos/${repo}/issues/${issue}/labels/supervisor:waiting`)
  await gh.as('maintainer').comment(repo, issue, '/supervise pause')
  await w.reaches('PAUSED')
  await gh.as('maintainer').comment(repo, issue, '/supervise resume')
  await w.reaches('REPORT review')
  await gh.as('maintainer').comment(repo, issue, '/supervise cancel')
  await w.reaches('CANCELLED')
  await w.settled()
  expect(await labels(w, issue)).toEqual([])
  expect(await labels(w, (await w.pull()).number), 'what was stopped has none').toEqual([])
  await gh.as('maintainer').comment(repo, issue, '/supervise retry')
  await w.until('another task', async () => (await w.query('select 1 from tasks')).length === 2)
  await w.reaches('REPORT review')
  await w.settled()
  await shows(w, issue, ['supervisor:waiting'])
})

story('a repository that says nothing of labels has none, and no call is made for them', {}, async (w) => {
  const { issue } = await w.ask()
  await w.reaches('REPORT review')
  await w.settled()
  expect(await labels(w, issue)).toEqual([])
  expect(w.calls().filter(({ path }) => /\/labels/.test(path))).toEqual([])
})

story(
  'the repository’s own file switches them on, and off again with the next task',
  { files: { [FILE]: `${REPOSITORY_FILE}labels: { states: true }\n` }, agent: 'liar' },
  async (w) => {
    const { issue } = await w.ask()
    await w.reaches('FAILED')
    await w.settled()
    await shows(w, issue, ['supervisor:failed'])
    await w.gh.as('maintainer').push({ repo: w.repo, branch: 'main', files: { [FILE]: REPOSITORY_FILE } })
    await w.gh.as('maintainer').comment(w.repo, issue, '/supervise --new fix add() in src/add.js')
    await w.until('another end', async () => (await w.query("select 1 from tasks where state = 'FAILED'")).length === 2)
    await w.settled()
    await shows(w, issue, [])
  },
)
