import { expect } from 'vitest'
import type { PullJson } from '../../../src/demo/types.ts'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

const FILE = '.github/supervisor.yml'
const CHECK = 'Supervisor settings'

const organisation = (w: World, text: string): Promise<string> =>
  w.gh.seedRepository({ name: '.github', files: { [FILE]: text } })

/** What was asked about the organisation's repository. */
const askedOf = (w: World): string[] =>
  w
    .calls()
    .filter(
      ({ path, body }) =>
        path.startsWith('/repos/acme/.github/') || (path.endsWith('/access_tokens') && body.includes('".github"')),
    )
    .map(({ method, path, status }) => `${method} ${decodeURIComponent(path).replace(/\d+/, 'N')} ${status}`)

const MINT = 'POST /app/installations/N/access_tokens'

story('an organisation’s file tightens what operator and repository allow', {}, async (w) => {
  await organisation(w, 'automation: manual\napprovals: { requesterCounts: false }\n')
  const { issue } = await w.ask()
  await w.reaches('PLAN approval')
  expect(await w.says(issue, /Waiting for approval/)).toMatch(/other than `maintainer`.*manual_needs_approval/s)
  expect(askedOf(w), 'two requests, once').toEqual([`${MINT} 201`, `GET /repos/acme/.github/contents/${FILE} 200`])
  const [read] = w.calls().filter(({ path }) => path.startsWith('/repos/acme/.github/'))
  expect(read).toMatchObject({ repositories: ['acme/.github'], permissions: { metadata: 'read', contents: 'read' } })
  const blob = await w.gh.view.git('acme/.github', 'rev-parse', `main:${FILE}`)
  const [row] = await w.query("select facts from transitions where event = 'classified'")
  expect(row?.['facts'], 'what was read is on record').toMatchObject({ organisationSha: blob })
})

story('its short forms and label hold, too', {}, async (w) => {
  const { gh, repo } = w
  await organisation(w, 'commands: { aliases: true }\nlabels: { trigger: robot }\nautomation: manual\n')
  const { number } = await gh.as('maintainer').issue(repo, 'add() subtracts', 'It is in `src/add.js`.')
  await gh.as('maintainer').label(repo, number, 'robot')
  await w.reaches('PLAN approval')
  await gh.as('reviewer').comment(repo, number, '/approve')
  await w.reaches('REPORT review')
})

story('a broken organisation file is told where a task meets it, and the strictest policy holds', {}, async (w) => {
  await organisation(w, 'protected: [infra/**]\nautomation: yolo\nmerge: maybe\n')
  const { issue } = await w.ask()
  await w.reaches('PLAN approval')
  const said = await w.says(issue, /Waiting for approval/)
  expect(said).toMatch(/The organisation’s settings, `\.github\/supervisor\.yml` in its repository `\.github`/)
  expect(said).toContain('`acme/.github/.github/supervisor.yml:2`: automation: must be one of manual, cautious')
  expect(said).toContain('`acme/.github/.github/supervisor.yml:3`: merge: must be one of never')
  expect(said, 'the repository’s own commands stay').toContain('`node --test`')
  const decisions = await w.query('select rule_id from decisions order by at, id')
  expect(decisions.at(-1)?.['rule_id']).toBe('broken-organisation-settings')

  await w.gh.as('maintainer').comment(w.repo, issue, '/supervise approve')
  await w.settled()
  await w.reaches('PLAN approval')
  await w.gh.as('reviewer').comment(w.repo, issue, '/supervise approve')
  await w.reaches('VERIFY approval')
})

story('without such a repository, or access to it, nothing is different, after one request', {}, async (w) => {
  const full = await organisation(w, 'automation: manual\n')
  w.gh.ground.takeAway(full)
  await w.ask()
  await w.reaches('REPORT review')
  expect(askedOf(w)).toEqual([`${MINT} 422`])
})

/** Another task, which is there when this returns. */
async function askAgain(w: World): Promise<number> {
  const before = (await w.query('select 1 from tasks')).length
  const { issue } = await w.ask()
  await w.until('the task', async () => (await w.query('select 1 from tasks')).length > before)
  return issue
}

story(
  'one that was read and cannot be read any more holds on, and the strictest policy with it',
  { limitMs: 120_000 },
  async (w) => {
    const full = await organisation(w, 'limits: { budget: 3usd }\n')
    await w.ask()
    await w.reaches('REPORT review')
    // GitHub forgets nothing of what its tokens could see; we must not believe a 404 of what was taken away.
    w.gh.ground.takeAway(full)
    await w.restart()
    const issue = await askAgain(w)
    await w.reaches('PLAN approval')
    const said = await w.says(issue, /Waiting for approval/)
    expect(said).toMatch(/were read before and cannot be read any more\..*acme\/\.github/s)
    expect(said, 'what it said last still counts').toContain('Budget $3.00')
    expect((await w.query('select rule_id from decisions order by at, id')).at(-1)).toEqual({
      rule_id: 'lost-organisation-settings',
    })
    await w.gh.as('maintainer').comment(w.repo, issue, '/supervise cancel')
    await w.reaches('CANCELLED')

    // Gone for good: the operator says so.
    expect(await w.cli('config', 'forget', 'Acme')).toMatchObject({ code: 0 })
    expect(await w.cli('config', 'forget', 'acme')).toMatchObject({ code: 1 })
    await w.restart()
    await askAgain(w)
    await w.reaches('REPORT review')
  },
)

story(
  'no permission, or a token that finds nothing any more: it is not believed that the file is gone',
  { limitMs: 120_000 },
  async (w) => {
    await organisation(w, 'protected: [docs/**]\n')
    await w.ask()
    await w.reaches('REPORT review')
    for (const status of [403, 404] as const) {
      w.gh.faults.push({ match: /^GET \/repos\/acme\/\.github/, kind: 'error', status, times: 20 })
      await w.restart()
      const issue = await askAgain(w)
      await w.reaches('PLAN approval')
      await w.says(issue, /cannot be read any more/)
      await w.gh.as('maintainer').comment(w.repo, issue, '/supervise cancel')
      await w.reaches('CANCELLED')
      w.gh.faults.splice(0)
    }
  },
)

story('one that is deleted where the App can see it holds no longer', { limitMs: 90_000 }, async (w) => {
  const full = await organisation(w, 'automation: manual\n')
  const { issue } = await w.ask()
  await w.reaches('PLAN approval')
  await w.gh.as('maintainer').comment(w.repo, issue, '/supervise cancel')
  await w.reaches('CANCELLED')
  await w.gh.as(w.gh.owner).push({ repo: full, branch: 'main', files: { [FILE]: null, 'README.md': 'us' } })
  await w.restart()
  await askAgain(w)
  await w.reaches('REPORT review')
  expect(await w.query('select 1 from organisation_files')).toEqual([])
})

story('a flag that asks for more than a file allows gets the limit, and the thread says so', {}, async (w) => {
  await organisation(w, 'automation: manual\nlimits: { budget: 3usd }\n')
  const { issue } = await w.ask({ request: '--budget 10usd --timeout 45m fix add() in src/add.js: it subtracts.' })
  await w.reaches('PLAN approval')
  const said = await w.says(issue, /Waiting for approval/)
  expect(said).toContain('Budget $3.00 and 30 min.')
  expect(said).toMatch(
    /asks for more than is allowed here; the limit holds.*--budget 10usd was asked for, 3usd is allowed/,
  )
  expect(said).toMatch(/--timeout 45m was asked for, 30m is allowed/)
  await w.gh.as('maintainer').comment(w.repo, issue, '/supervise budget 4usd')
  await w.says(issue, /That budget was not taken.*\/supervise budget 3usd/s)
})

/** A branch with a settings file of that text, and a pull request for it. */
async function propose(w: World, branch: string, text: string | null, by = 'reviewer'): Promise<PullJson> {
  const { gh, repo } = w
  await gh.as(by).push({ repo, branch, from: 'main', files: { [FILE]: text, 'NOTES.md': branch } })
  const body = { title: branch, head: branch, base: 'main' }
  return (await gh.as(by).api('POST', `/repos/${repo}/pulls`, body)) as PullJson
}

const checksOn = async (w: World, sha: string): Promise<object[]> =>
  (await w.gh.view.checkRuns(w.repo, sha)).map(({ name, conclusion }) => ({ name, conclusion }))

async function annotations(w: World, sha: string): Promise<object[]> {
  const [run] = await w.gh.view.checkRuns(w.repo, sha)
  return (await w.gh.as(w.gh.owner).api('GET', `/repos/${w.repo}/check-runs/${run?.id}/annotations`)) as object[]
}

story(
  'a settings file that cannot be read fails on the pull request that brings it, until it is mended',
  {},
  async (w) => {
    const { gh, repo } = w
    gh.duplicateDeliveries = 2
    const { number, head } = await propose(w, 'broken', 'automation: full\nlimits: { budget: 5 }\n')
    await w.until('the check', async () => (await checksOn(w, head.sha)).length > 0)
    await w.settled()
    expect(await checksOn(w, head.sha)).toEqual([{ name: CHECK, conclusion: 'failure' }])
    expect(await annotations(w, head.sha)).toMatchObject(
      [{ path: FILE, start_line: 2, annotation_level: 'failure', title: 'limits.budget', message: /5usd/ }].map(
        ({ message, ...rest }) => ({ ...rest, message: expect.stringMatching(message) }),
      ),
    )

    const mended = await gh
      .as('reviewer')
      .push({ repo, branch: 'broken', files: { [FILE]: 'limits: { budget: 5usd }\n' } })
    await w.until('the check', async () => (await checksOn(w, mended)).length > 0)
    await gh.as('reviewer').api('PATCH', `/repos/${repo}/pulls/${number}`, { state: 'closed' })
    await gh.as('reviewer').api('PATCH', `/repos/${repo}/pulls/${number}`, { state: 'open' })
    await w.settled()
    expect(await checksOn(w, mended)).toEqual([{ name: CHECK, conclusion: 'success' }])
    expect(await checksOn(w, head.sha), 'what was said of the older commit stays').toHaveLength(1)

    const gone = await propose(w, 'gone', null)
    await w.until('the check', async () => (await checksOn(w, gone.head.sha)).length > 0)
    expect(await checksOn(w, gone.head.sha)).toEqual([{ name: CHECK, conclusion: 'success' }])
    expect(await w.mine(number), 'and nobody is written to').toEqual([])
  },
)

story('a pull request that leaves it alone gets no check, even where the file has been mended since', {}, async (w) => {
  const { gh, repo } = w
  const branch = 'notes'
  await gh.as('reviewer').push({ repo, branch, from: 'main', files: { 'NOTES.md': 'mine' } })
  await gh.as('maintainer').push({ repo, branch: 'main', files: { [FILE]: 'merge: never\n' } })
  const made = await gh
    .as('reviewer')
    .api('POST', `/repos/${repo}/pulls`, { title: 'Notes', head: branch, base: 'main' })
  const { head } = made as PullJson
  const isLookedAt = async () =>
    (await w.query("select 1 from outbox where surface = 'settings_check' and sent > 0")).length
  await w.until('the look', isLookedAt)
  await w.settled()
  expect(await checksOn(w, head.sha)).toEqual([])
})

story('the answer is lost, somebody re-runs it: one check run all the same', { limitMs: 90_000 }, async (w) => {
  const { gh, repo } = w
  gh.faults.push({ match: /^POST \S+\/check-runs$/, kind: 'error-after-write', times: 1 })
  const { head } = await propose(w, 'broken', 'merge: maybe\n')
  await w.until(
    'the receipt',
    async () =>
      (await w.query("select 1 from outbox where surface = 'settings_check' and remote_id is not null")).length,
    60_000,
  )
  const [run] = await gh.view.checkRuns(repo, head.sha)
  await gh.as('reviewer').rerun(repo, run?.id ?? 0)
  const repeated = () =>
    w.calls().some(({ method, path }) => method === 'PATCH' && path.endsWith(`/check-runs/${run?.id}`))
  await w.until('the run told once more', repeated)
  await w.settled()
  expect(await checksOn(w, head.sha)).toEqual([{ name: CHECK, conclusion: 'failure' }])
  expect(await annotations(w, head.sha)).toHaveLength(1)
})

story('what our own pull request does to the file is shown, too', { agent: 'touches-settings' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('VERIFY approval')
  await gh.as('maintainer').comment(repo, issue, '/supervise approve')
  await w.reaches('REPORT review')
  const { head } = await w.pull()
  await w.until('both checks', async () => (await checksOn(w, head.sha)).length === 2)
  expect(await checksOn(w, head.sha)).toEqual(
    expect.arrayContaining([
      { name: CHECK, conclusion: 'failure' },
      // It changes what verifies it: that is never green by itself.
      { name: 'Supervisor verification', conclusion: 'action_required' },
    ]),
  )
})
