import { execFile } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/rest'
import { expect } from 'vitest'
import type { PullJson } from '../../src/demo/types.ts'
import { type ActionRun, runAction } from '../support/composite-action.ts'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

/** The actions of .github/actions as a runner starts them. Nothing else of ours runs meanwhile. */
const NOBODY = { processes: 0, limitMs: 150_000 } as const
const FIXED = 'export const add = (a, b) => a + b\n'

story('a verification of anybody’s pull request becomes a check run of its head', NOBODY, async (w) => {
  const pull = await proposal(w, { 'src/add.js': FIXED })
  const verified = await verify(w, pull, { type: 'bug_fix' })
  expect(verified.code, verified.log).toBe(0)
  expect(verified.outputs['verdict']).toBe('pass')
  expect(verified.summary).toContain('### Verified: ')
  expect(verified.summary).toContain('`node --test`')

  const published = await publish(w, pull, verified.outputs['report'])
  expect(published.code, published.log).toBe(0)
  expect(published.outputs['conclusion']).toBe('success')
  const [check] = await w.gh.view.checkRuns(w.repo, pull.head.sha)
  expect(check).toMatchObject({ name: 'Supervisor verification', conclusion: 'success' })
  expect(check?.output.summary).toContain('1 passed, 0 failed')
})

story('a change whose tests fail is red in both runs, whatever its report says', NOBODY, async (w) => {
  const pull = await proposal(w, { 'src/add.js': 'export const add = () => 4\n' })
  const verified = await verify(w, pull)
  expect(verified.code, verified.log).toBe(1)
  expect(verified.outputs['verdict']).toBe('fail')

  const report = verified.outputs['report'] ?? ''
  await writeFile(report, JSON.stringify({ ...JSON.parse(await readFile(report, 'utf8')), verdict: 'pass' }))
  const published = await publish(w, pull, report)
  expect(published.outputs['conclusion'], published.log).toBe('failure')
})

story('a report that a change could have written itself is for a person to look at', NOBODY, async (w) => {
  const honest = await proposal(w, { 'src/add.js': FIXED })
  const { outputs } = await verify(w, honest)
  const report = outputs['report'] ?? ''
  // The workflow of a pull request from a fork is the fork's: it can upload any report, also one of another change.
  const pull = await proposal(w, { '.github/workflows/verify.yml': 'on: pull_request\n', 'src/add.js': 'gone\n' })
  const stolen = await publish(w, pull, report)
  expect(stolen.code).toBe(1)
  expect(stolen.log).toContain('nothing was published')
  await writeFile(report, (await readFile(report, 'utf8')).replaceAll(honest.head.sha, pull.head.sha))
  expect((await publish(w, pull, report)).code, 'it names another pull request').toBe(1)
  const forged = { ...JSON.parse(await readFile(report, 'utf8')), pull: pull.number }
  await writeFile(report, JSON.stringify(forged))
  const published = await publish(w, pull, report)
  expect(published.outputs['conclusion'], published.log).toBe('action_required')
  const [check] = await w.gh.view.checkRuns(w.repo, pull.head.sha)
  expect(check?.output.summary).toContain('changes `.github`')

  await writeFile(report, JSON.stringify({ ...forged, evidence: '@everyone' }))
  expect((await publish(w, pull, report)).log).toContain('the report is not one of')
})

story('a comment is taken by the run of its event, the review by the run of its own', NOBODY, async (w) => {
  const { issue } = await w.ask()
  const asked = await supervise(w, 'issue_comment', { database: true })
  expect(asked.code, asked.log).toBe(0)
  expect(asked.outputs).toMatchObject({ state: 'REPORT', 'pull-request': '2' })
  expect(asked.summary).toContain('pull request #2; REPORT, waits for review; verification: pass')
  const pull = await w.pull()
  expect((await w.gh.view.checkRuns(w.repo, pull.head.sha))[0]).toMatchObject({ conclusion: 'success' })

  await w.gh.as('reviewer').review(w.repo, pull.number, { event: 'APPROVE', body: 'Good.' })
  const approved = await supervise(w, 'pull_request_review', { database: true })
  expect(approved.outputs['state'], approved.log).toBe('DONE')
  expect(await w.says(issue, /\bDone\b/)).toContain('#2')
  expect(await w.mine(issue)).toHaveLength(1)
})

story('without a database a run ends at the open pull request, and says so in the thread', NOBODY, async (w) => {
  const { issue } = await w.ask()
  const run = await supervise(w, 'issue_comment', { database: false })
  expect(run.code, run.log).toBe(0)
  expect(run.outputs).toMatchObject({ state: 'REPORT', 'pull-request': '2' })
  expect(run.summary).toContain('There is no database')
  expect(await w.says(issue, /without a database/)).toContain('merge the pull request by hand')
})

story('a person can dispatch a run on an issue', NOBODY, async (w) => {
  const { number } = await w.gh
    .as('maintainer')
    .issue(w.repo, 'fix add() in src/add.js: it subtracts', 'test/add.test.js expects a sum.')
  await w.gh.settle()
  const made = eventOf(w, 'issues')
  const dispatch = { inputs: { issue: String(number) }, repository: made['repository'], sender: made['sender'] }
  const run = await supervise(w, 'workflow_dispatch', { database: true, payload: dispatch })
  expect(run.outputs, run.log).toMatchObject({ state: 'REPORT' })
  const idle = await supervise(w, 'schedule', { database: true, payload: { repository: made['repository'] } })
  expect(idle.code, idle.log).toBe(0)
})

let checkouts = 0

/** A pull request by a person. */
async function proposal(w: World, files: Readonly<Record<string, string>>): Promise<PullJson> {
  const branch = `proposal-${++checkouts}`
  await w.gh.as('maintainer').push({ repo: w.repo, branch, from: 'main', files })
  await w.gh.as('maintainer').api('POST', `/repos/${w.repo}/pulls`, { title: 'A change', head: branch, base: 'main' })
  const found = (await w.gh.view.pulls(w.repo)).find((pull) => pull.head.ref === branch)
  if (!found) throw new Error('no pull request was made')
  return found
}

async function verify(w: World, pull: PullJson, inputs: Record<string, string> = {}): Promise<ActionRun> {
  const workspace = join(w.dir, `checkout-${++checkouts}`)
  const url = `${w.gh.url}/${w.repo}.git`.replace('//', `//x-access-token:${w.gh.tokenOf('maintainer')}@`)
  await promisify(execFile)('git', ['clone', '-q', url, workspace])
  const payload = { action: 'opened', number: pull.number, pull_request: pull }
  return runAction('verify', { ...placeOf(w), workspace, event: 'pull_request', payload, inputs })
}

async function publish(w: World, pull: PullJson, report = ''): Promise<ActionRun> {
  const payload = { action: 'completed', workflow_run: { event: 'pull_request', head_sha: pull.head.sha } }
  const inputs = { token: await jobToken(w), report }
  return runAction('publish', { ...placeOf(w), workspace: w.dir, event: 'workflow_run', payload, inputs })
}

/** What `permissions:` of the workflow in docs/github-actions.md lets the job's token do. */
async function jobToken(w: World): Promise<string> {
  const { id: appId, privateKey, installationId } = w.gh.app
  const auth = createAppAuth({ appId, privateKey, request: new Octokit({ baseUrl: `${w.gh.url}/api/v3` }).request })
  const permissions = { checks: 'write', pull_requests: 'read' } as const
  return (await auth({ type: 'installation', installationId, permissions })).token
}

async function supervise(
  w: World,
  event: string,
  { database, payload }: { database: boolean; payload?: Record<string, unknown> },
): Promise<ActionRun> {
  // Run by root, the database of a run has a user of its own, who must get there.
  await chmod(w.dir, 0o755)
  await w.gh.settle()
  return runAction('supervise', {
    ...placeOf(w),
    workspace: w.dir,
    event,
    payload: payload ?? eventOf(w, event),
    inputs: {
      'app-id': String(w.gh.app.id),
      'private-key': w.gh.app.privateKey,
      'database-url': database ? w.databaseUrl : '',
      config: 'supervisor.config.yml',
    },
  })
}

const placeOf = (w: World) => ({ dir: w.dir, repository: w.repo, serverUrl: w.gh.url })

/** The newest event of a kind, as a workflow gets it: a webhook's payload without the installation. */
function eventOf(w: World, event: string): Record<string, unknown> {
  const record = w.gh.deliveries.findLast((one) => one.event === event)
  const { installation: _, ...payload } = JSON.parse(record?.body ?? '{}')
  return payload
}
