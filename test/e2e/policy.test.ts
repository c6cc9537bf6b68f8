import { expect } from 'vitest'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

interface Replay {
  readonly replayed: readonly { readonly what: string; readonly difference: string | null }[]
}

/** `supervisor replay`, whose exit code says whether anything differs. */
async function replayOf(w: World, id: string): Promise<Replay['replayed']> {
  const { code, stdout, stderr } = await w.cli('replay', id, '--json')
  const { replayed } = JSON.parse(stdout || JSON.stringify(stderr)) as Replay
  expect(code).toBe(replayed.every((r) => r.difference === null) ? 0 : 1)
  return replayed
}

story(
  'high risk needs another person, and the requester is told so',
  { agent: 'good-fix', config: { automation: 'cautious' } },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask({
      request: 'fix add() in src/add.js and delete the production accounts that it broke',
    })
    await w.reaches('PLAN approval')
    expect(await w.says(issue, /Waiting for approval of the plan/)).toMatch(/high risk/)
    await gh.as('maintainer').comment(repo, issue, '/supervise approve')
    await w.says(issue, /approval does not count/)
    for (const who of ['triager', 'reader', 'helper[bot]']) await gh.as(who).comment(repo, issue, '/supervise approve')
    await w.settled()
    await w.reaches('PLAN approval')
    expect(await w.agentRuns()).toBe(0)
    expect(await gh.view.branches(repo)).toEqual(['main'])

    await gh.as('reviewer').comment(repo, issue, '/supervise approve')
    await w.reaches('review')
    await w.settled()
    const { number, head } = await w.pull()
    const check = await w.checkOn(head.sha)
    expect(check, 'verified, but not green before that other person').toMatchObject({ conclusion: 'action_required' })
    expect(check.output.title).toMatch(/another person/)
    await gh.as('maintainer').review(repo, number, { event: 'APPROVE', body: 'Mine is fine.' })
    await w.settled()
    await w.reaches('review')
    await gh.as('reviewer').review(repo, number, { event: 'APPROVE' })
    await w.reaches('DONE')
    await w.settled()
    expect((await w.checkOn(head.sha)).conclusion).toBe('success')
  },
)

story(
  'a protected file is held before the push until a person lets it out',
  { agent: 'touches-manifest' },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    await w.reaches('VERIFY approval')
    await w.settled()
    const held = await w.says(issue, /Held before the push/)
    expect(held).toContain('package.json')
    expect(held, 'the change itself is shown').toContain('sum-of-two')
    expect(await gh.view.branches(repo)).toEqual(['main'])
    expect(w.gh.requests.some(({ path }) => path.endsWith('git-receive-pack'))).toBe(false)

    await gh.as('maintainer').comment(repo, issue, '/supervise approve')
    await w.reaches('review')
    await w.settled()
    const pull = await w.pull()
    expect(await gh.view.show(repo, pull.head.sha, 'package.json')).toContain('sum-of-two')
    expect((await w.checkOn(pull.head.sha)).external_id).toBe((await w.reaches('review')).id)
  },
)

story('a workflow file is never pushed', { agent: 'touches-workflow' }, async (w) => {
  const { issue } = await w.ask()
  expect(await w.reaches('FAILED')).toMatchObject({ reason_code: 'workflow_files_refused' })
  expect(await w.says(issue, /Held back/)).toMatch(/\.github\/workflows/)
  await w.settled()
  expect(await w.gh.view.branches(w.repo)).toEqual(['main'])
  expect(await w.gh.view.pulls(w.repo)).toEqual([])
  expect(w.gh.requests.some(({ path }) => path.endsWith('git-receive-pack'))).toBe(false)
})

story(
  'settings that cannot be read mean the strictest policy, and say where the mistake is',
  { files: { '.github/supervisor.yml': 'verify:\n  - { name: tests, run: node --test }\nautomation: yolo\n' } },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    await w.reaches('PLAN approval')
    expect(await w.says(issue, /\.github\/supervisor\.yml:3/)).toMatch(/automation/)
    await gh.as('reviewer').comment(repo, issue, '/supervise approve')
    await w.reaches('VERIFY approval')
    expect(await gh.view.branches(repo)).toEqual(['main'])
    await gh.as('reviewer').comment(repo, issue, '/supervise approve')
    await w.reaches('review')
    await w.settled()
    await gh.as('reviewer').review(repo, (await w.pull()).number, { event: 'APPROVE' })
    await w.reaches('DONE')
  },
)

story(
  'what nothing can verify is never green; a person may still take it',
  { files: { '.github/supervisor.yml': null, 'package.json': '{ "name": "sum", "type": "module" }\n' } },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    expect(await w.reaches('review')).toMatchObject({ verdict: 'inconclusive' })
    await w.settled()
    const pull = await w.pull()
    expect(pull.draft).toBe(true)
    expect((await w.checkOn(pull.head.sha)).conclusion).toBe('action_required')
    await w.says(issue, /Inconclusive/)
    await gh.as('reviewer').review(repo, pull.number, { event: 'APPROVE', body: 'Looked at by hand.' })
    await w.reaches('DONE')
    await w.settled()
    expect(w.wasEverGreen()).toBe(false)
  },
)

story(
  'a question is answered in the comment, without code',
  { agent: 'answer', capabilities: ['reasoning'] },
  async (w) => {
    const { issue } = await w.ask({
      title: 'How are pages counted?',
      body: 'The README says one thing, pageOf() another.',
      request: 'explain why pages are counted from 1',
    })
    await w.reaches('DONE')
    await w.settled()
    expect(await w.says(issue, /\bDone\b/)).toMatch(/Pages are counted from \*\*1\*\*, because the README says so/)
    expect(await w.gh.view.pulls(w.repo)).toEqual([])
    expect(await w.gh.view.branches(w.repo)).toEqual(['main'])
    expect(await w.mine(issue)).toHaveLength(1)
    expect(w.gh.requests.some(({ path }) => path.endsWith('git-receive-pack'))).toBe(false)
  },
)

story('what nobody here can do is refused before anything runs', { capabilities: ['reasoning'] }, async (w) => {
  const { issue } = await w.ask()
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'no_backend_for_capability' })
  await w.says(issue, /Refused/)
  expect(await w.agentRuns()).toBe(0)
})

story(
  'a rule of the repository about people and paths holds, at whatever level; what was decided can be decided again',
  {
    files: {
      '.github/supervisor.yml':
        'verify:\n  - { name: tests, run: node --test }\nrules:\n  - { paths: ["src/**"], decide: approve, required: 2 }\n  - { actors: [helper-person], commands: [approve], decide: refuse }\n  - { except: [maintainer], commands: [run], decide: refuse }\n',
    },
    people: { maintainer: 'write', reviewer: 'write', 'helper-person': 'write' },
  },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask()
    await w.reaches('VERIFY approval')
    await gh.as('helper-person').comment(repo, issue, '/supervise approve')
    await gh.as('maintainer').comment(repo, issue, '/supervise approve')
    await w.settled()
    await w.reaches('VERIFY approval')
    await gh.as('reviewer').comment(repo, issue, '/supervise approve')
    const { id } = await w.reaches('review')
    const replayed = await replayOf(w, id)
    expect(replayed.map((r) => r.difference)).toEqual(replayed.map(() => null))
    expect(replayed.map((r) => r.what)).toEqual(expect.arrayContaining(['classification 1', 'plan 1', 'verdict']))
    await w.query("update evidence set verdict = 'fail' where required and task_id = $1", [id])
    const told = (await replayOf(w, id)).filter((r) => r.difference !== null)
    expect(told).toEqual([{ what: 'verdict', difference: 'verdict: "pass" is now "fail"' }])
    const refused = await w.ask({ by: 'reviewer' })
    await w.says(refused.issue, /Refused by a rule/)
    expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'refused_by_rule' })
  },
)
