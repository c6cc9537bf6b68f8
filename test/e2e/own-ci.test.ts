import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

/** The verdict of a commit is final only after the repository's own CI has spoken for it (SPEC 9.0, 9.6). */

const WORKFLOW = 'name: CI\non: [push]\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]\n'
const WITH_CI = { files: { '.github/workflows/ci.yml': WORKFLOW } }
const evidenceOfCi = (w: World) =>
  w.query<{ verdict: string; required: boolean; reason_code: string | null; excerpt: string; round: number }>(
    "select verdict, required, reason_code, excerpt, round from evidence where kind = 'ci' order by round",
  )

const awaitsCi = (w: World) =>
  w.until('wait for CI', async () => {
    const rows = await w.query("select 1 from tasks where waiting_on = 'ci' and reason_code = 'ci_awaited'")
    return rows.length > 0
  })

story('a draft stays one until CI is green', WITH_CI, async (w) => {
  const { gh, repo } = w
  await w.ask()
  await awaitsCi(w)
  const { head, draft } = await w.pull()
  expect(draft).toBe(true)
  await gh.runCi(repo, { sha: head.sha, name: 'build', conclusion: null })
  await gh.runCi(repo, { sha: head.sha, name: 'lint', conclusion: 'success' })
  await gh.runCi(repo, { sha: head.sha, name: 'build', conclusion: 'success' })
  await w.reaches('review')
  await w.settled()
  expect((await w.pull()).draft, 'still a draft').toBe(false)
  expect(await w.checkOn(head.sha)).toMatchObject({ conclusion: 'success' })

  const [{ id } = { id: '' }] = await w.query<{ id: string }>('select id from tasks')
  expect(await w.cli('audit', 'verify', id), 'the record holds').toMatchObject({ code: 0 })
  const file = join(w.dir, 'bundle.json')
  await writeFile(file, (await w.cli('evidence', 'export', id)).stdout)
  const signed = await w.cli('evidence', 'verify', file)
  expect(signed.stdout).toMatch(new RegExp(`^✔ Signed by key [0-9a-f]{64}.*\\nCommit ${head.sha}.*\\nVerdict pass`))
  expect(signed.stdout).toContain('pass: Continuous integration of the repository')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/"payload":"..../, '"payload":"AAAA'))
  expect(await w.cli('evidence', 'verify', file)).toMatchObject({ code: 1, stdout: expect.stringContaining('✖') })
  expect(await evidenceOfCi(w)).toMatchObject([
    { verdict: 'pass', required: true, excerpt: 'lint: success\nbuild: success' },
  ])
})

story(
  'a red CI goes back to the agent with its log, and the next commit is judged anew',
  { ...WITH_CI, agent: 'two-rounds' },
  async (w) => {
    const { gh, repo } = w
    await w.ask()
    await awaitsCi(w)
    const first = (await w.pull()).head.sha
    const log =
      '2026-01-01T00:00:00.0000000Z > lint\n2026-01-01T00:00:00.0000000Z CHANGES.txt is missing\n2026-01-01T00:00:01.0Z ##[error]Process completed with exit code 1.\n'
    await gh.runCi(repo, { sha: first, name: 'build', conclusion: 'failure', log })
    const second = await w.until('a second commit', async () => {
      const { head } = await w.pull()
      return head.sha !== first && head.sha
    })
    await awaitsCi(w)
    await gh.runCi(repo, { sha: second, name: 'build', conclusion: 'success' })
    await w.reaches('review')
    await w.settled()
    const [red, green] = await evidenceOfCi(w)
    expect(red).toMatchObject({ verdict: 'fail', required: true, reason_code: 'ci_failed' })
    expect(red?.excerpt).toContain('CHANGES.txt is missing\n##[error]Process completed with exit code 1.')
    expect(green).toMatchObject({ verdict: 'pass' })
    expect(await gh.view.show(repo, second, 'CHANGES.txt')).toContain('add() adds')
    expect((await w.pull()).draft).toBe(false)
  },
)

story(
  'a red CI that no repair mends asks people, and counts again when it is run again',
  { ...WITH_CI, config: { limits: { repairs: 0 } } },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    await awaitsCi(w)
    const { head } = await w.pull()
    await gh.runCi(repo, { sha: head.sha, name: 'build', conclusion: 'failure', summary: 'the build broke' })
    await w.reaches('review')
    await w.settled()
    expect((await w.pull()).draft).toBe(true)
    expect((await w.checkOn(head.sha)).conclusion).toBe('failure')
    expect(await w.says(issue, /Not verified/)).toContain("The repository's own CI failed")
    await gh.runCi(repo, { sha: head.sha, name: 'build', conclusion: 'success' })
    await w.until('ready for review', async () => !(await w.pull()).draft)
    await w.settled()
    expect((await w.checkOn(head.sha)).conclusion).toBe('success')
  },
)

story(
  'statuses count, and a required check that never comes is never green',
  { config: { ci: { wait: '5s' } } },
  async (w) => {
    const { gh, repo } = w
    const parameters = {
      strict_required_status_checks_policy: false,
      required_status_checks: [{ context: 'ci/deploy' }, { context: 'Supervisor verification' }],
    }
    gh.setRules(repo, [{ type: 'required_status_checks', parameters }])
    await w.ask()
    await w.reaches('review')
    const { head } = await w.pull()
    // Nothing told of any CI; when one speaks all the same, it is heard.
    const status = (context: string, state: string) =>
      gh.as('maintainer').api('POST', `/repos/${repo}/statuses/${head.sha}`, { context, state })
    await status('ci/build', 'pending')
    await w.reaches('ci')
    await status('ci/build', 'success')
    await w.until('an end of the wait', async () =>
      (await evidenceOfCi(w)).some(({ verdict }) => verdict === 'inconclusive'),
    )
    await w.reaches('review')
    await w.settled()
    expect(await evidenceOfCi(w)).toMatchObject([
      { verdict: 'inconclusive', required: true, reason_code: 'ci_missing' },
    ])
    expect((await w.checkOn(head.sha)).conclusion).toBe('action_required')
    await status('ci/deploy', 'success')
    await w.until('green', async () => (await w.checkOn(head.sha)).conclusion === 'success')
  },
)

story('where nothing tells of a CI nobody waits, and it is said that there is none', {}, async (w) => {
  await w.ask()
  await w.reaches('review')
  await w.settled()
  expect(await evidenceOfCi(w)).toMatchObject([{ verdict: 'not_run', required: false, reason_code: 'ci_absent' }])
  expect(
    w.calls().some(({ path }) => /\/(status|check-runs)$|\/rules\//.test(path) && !path.endsWith('/check-runs')),
  ).toBe(false)
})

story('a commit that is left before its CI has spoken keeps no open check run', WITH_CI, async (w) => {
  const { gh, repo } = w
  await w.ask()
  await awaitsCi(w)
  const { head } = await w.pull()
  await w.until('the run of the first commit', async () => (await w.checks()).length === 1)
  await gh.as('maintainer').push({ repo, branch: head.ref, files: { 'NOTES.txt': 'mine\n' }, message: 'Notes' })
  await w.until('the run of the newer commit', async () => (await w.checks()).length === 2)
  await w.until('the end of the older run', async () => (await w.checkOn(head.sha)).conclusion === 'cancelled')
})
