import { expect } from 'vitest'
import type { CommentJson } from '../../src/demo/types.ts'
import { lookForReactions } from '../support/reactions.ts'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const RISKY = 'fix add() in src/add.js and delete the production accounts that it broke'

/** The comment that asks, and the living one. */
async function comments(w: World, issue: number): Promise<{ asking: CommentJson; living: CommentJson }> {
  const mine = await w.mine(issue)
  const asking = mine.find(({ body }) => /👍 this comment/.test(body))
  const living = mine.find(({ body }) => /supervise:task=/.test(body))
  if (!asking || !living) throw new Error(`not both comments: ${mine.map(({ body }) => body).join('\n---\n')}`)
  return { asking, living }
}

const looks = (w: World, comment: CommentJson): { status: number; listed: boolean }[] =>
  w
    .calls()
    .filter(({ method, path }) => method === 'GET' && path.includes(`/issues/comments/${comment.id}`))
    .map(({ status, path }) => ({ status, listed: path.endsWith('/reactions') }))

story(
  '👍 on the comment that asks is an approval, of those whose approval counts',
  { config: { automation: 'cautious' } },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask({ request: RISKY })
    await w.reaches('PLAN approval')
    await w.settled()
    const { asking, living } = await comments(w, issue)
    expect(living.body, 'people are told').toMatch(/👍 on the comment below/)
    for (const who of ['reader', 'triager', 'helper[bot]', 'maintainer']) {
      await gh.as(who).react(repo, asking.id, '+1')
    }
    await gh.as('reviewer').react(repo, living.id, '+1')
    await gh.as('reviewer').react(repo, asking.id, 'rocket')
    await lookForReactions(w)
    await w.reaches('PLAN approval')
    expect(await w.says(issue, /approval does not count/), 'the requester is told').toMatch(/another person/)
    expect(await w.agentRuns()).toBe(0)

    await lookForReactions(w)
    expect(looks(w, asking), 'nothing new costs one call, and nobody is listed again').toEqual([
      { status: 200, listed: false },
      { status: 200, listed: true },
      { status: 304, listed: false },
    ])
    await gh.as('reviewer').react(repo, asking.id, '+1')
    await lookForReactions(w)
    await w.reaches('review')
    await w.settled()
    expect(await w.says(issue, /Plan approved/)).toMatch(/\[x\] Plan approved by `reviewer` \(👍\)/)
    expect(await w.query('select actor_login, source, gate from approvals')).toEqual([
      { actor_login: 'reviewer', source: 'reaction', gate: 'execute' },
    ])
    expect((await w.mine(issue)).filter(({ body }) => /👍 this comment/.test(body))).toEqual([])
  },
)

story(
  '👎 on the living comment cancels, from people with write access',
  { config: { automation: 'cautious' } },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask({ request: RISKY })
    await w.reaches('PLAN approval')
    await w.settled()
    const { living } = await comments(w, issue)
    await gh.as('reader').react(repo, living.id, '-1')
    await lookForReactions(w)
    await w.reaches('PLAN approval')
    await gh.as('reviewer').react(repo, living.id, '-1')
    await lookForReactions(w)
    await w.reaches('CANCELLED')
    await w.settled()
    await w.says(issue, /Cancelled/)
    expect(await gh.view.branches(repo)).toEqual(['main'])
  },
)

story(
  'a reaction counts for what its comment asked, and a restart forgets none',
  { config: { automation: 'cautious', approvals: { required: 2 } } },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask({ request: RISKY })
    await w.reaches('PLAN approval')
    await w.settled()
    const first = (await comments(w, issue)).asking
    await gh.as('reviewer').react(repo, first.id, '+1')
    await lookForReactions(w)
    expect(await w.says(issue, /Approved so far/)).toMatch(/2 people .* Approved so far by `reviewer` \(👍\)/)
    await gh.as('reviewer').comment(repo, issue, '/supervise reject say in the README what was wrong')
    await w.until('another question', async () => {
      const now = (await w.mine(issue)).find(({ body }) => /👍 this comment/.test(body))
      return now && now.id !== first.id
    })
    await w.settled()
    await w.restart()
    const second = (await comments(w, issue)).asking
    expect(await w.says(issue, /Waiting for approval of the plan/)).not.toMatch(/Approved so far/)
    await gh.as('reviewer').react(repo, second.id, '+1')
    await lookForReactions(w)
    await w.reaches('PLAN approval')
    expect(await w.says(issue, /Approved so far/)).toMatch(/by `reviewer` \(👍\)/)
  },
)

story(
  'an answer is accepted by a reaction, with two workers at it',
  { agent: 'answer', capabilities: ['reasoning'], config: { automation: 'manual' }, processes: 2, limitMs: 120_000 },
  async (w) => {
    const { gh, repo } = w
    const { issue } = await w.ask({
      title: 'How are pages counted?',
      body: 'The README says one thing, pageOf() another.',
      request: 'explain why pages are counted from 1',
    })
    for (const [where, question] of [
      ['PLAN approval', /approve plan/],
      ['REPORT review', /approve the result/],
    ] as const) {
      await w.reaches(where)
      await w.settled()
      const { asking } = await comments(w, issue)
      expect(asking.body).toMatch(question)
      await gh.as('reviewer').react(repo, asking.id, '+1')
      await lookForReactions(w)
    }
    await w.reaches('DONE')
    await w.settled()
    expect(await w.says(issue, /\bDone\b/)).toMatch(/\[x\] Result approved by `reviewer` \(👍\)/)
    expect(await w.query('select gate, source from approvals order by at')).toEqual([
      { gate: 'execute', source: 'reaction' },
      { gate: 'result', source: 'reaction' },
    ])
  },
)
