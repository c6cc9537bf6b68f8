import { expect } from 'vitest'
import type { CommentJson } from '../../../src/demo/types.ts'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

interface Row {
  readonly id: string
  readonly parent_id: string | null
  readonly requester_login: string
  readonly issue_number: number
  readonly follow_ups: number
  readonly outcome: string
  readonly state: string
}

const tasks = (w: World): Promise<Row[]> => w.query<Row & Record<string, unknown>>('select * from tasks order by id')

/** A task whose result was approved and not merged. */
async function approved(w: World): Promise<{ issue: number; number: number; head: string }> {
  const { issue } = await w.ask()
  await w.reaches('REPORT review')
  await w.settled()
  const { number, head } = await w.pull()
  await w.gh.as('reviewer').review(w.repo, number, { event: 'APPROVE' })
  await w.reaches('DONE')
  await w.settled()
  return { issue, number, head: head.sha }
}

async function childRests(w: World, count: number): Promise<void> {
  await w.until(`task ${count}`, async () => (await tasks(w)).length === count)
  await w.reaches('REPORT review')
  await w.settled()
}

story(
  'a review that asks for changes after the end starts a child on the same pull request',
  { agent: 'swaps', limitMs: 90_000 },
  async (w) => {
    const { gh, repo } = w
    const { issue, number, head } = await approved(w)
    const comments = [{ path: 'src/add.js', line: 1, body: 'Swap them.' }]
    gh.duplicateDeliveries = 3
    await gh.as('reviewer').review(repo, number, { event: 'REQUEST_CHANGES', body: 'And write NOTES.txt.', comments })
    await childRests(w, 2)
    gh.duplicateDeliveries = 1
    const [parent, child] = await tasks(w)
    expect(parent).toMatchObject({ state: 'DONE', parent_id: null })
    expect(child).toMatchObject({
      parent_id: parent?.id,
      requester_login: 'reviewer',
      issue_number: issue,
      follow_ups: 1,
    })
    const after = await w.pull()
    expect(await gh.view.pulls(repo), 'no second one').toHaveLength(1)
    expect(await gh.view.git(repo, 'rev-list', '--count', `${head}..${after.head.sha}`)).toBe('1')
    expect(await gh.view.git(repo, 'diff', '--name-only', head, after.head.sha)).toBe('NOTES.txt\nsrc/add.js')
    expect((await w.checkOn(after.head.sha))['external_id']).toBe(child?.id)
    expect((await w.mine(issue)).at(-1)?.body).toMatch(/asked for after the task had ended: .*\(\w{26}\)/)
    const lines = await gh.as(gh.owner).api('GET', `/repos/${repo}/pulls/${number}/comments?per_page=100`)
    expect((lines as CommentJson[]).filter(({ user }) => user.login === w.bot).map(({ body }) => body)).toEqual([
      expect.stringMatching(/^This line was changed in /),
    ])

    // The child takes the next round as any task does, and a merge is the outcome of both.
    await gh.as('maintainer').comment(repo, number, '/supervise swap them back')
    await w.until('its next round', async () => (await tasks(w))[1]?.follow_ups === 2)
    await w.reaches('REPORT review')
    await w.settled()
    expect(await tasks(w)).toHaveLength(2)
    await gh.as('maintainer').merge(repo, number)
    await w.reaches('DONE')
    await w.settled()
    expect((await tasks(w)).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted'])

    // After the merge there is nothing left to change.
    await gh.as('reviewer').review(repo, number, { event: 'REQUEST_CHANGES', body: 'Too late.' })
    await w.settled()
    expect(await tasks(w)).toHaveLength(2)
  },
)

story('words on the pull request of an ended task do the same', { agent: 'scribe' }, async (w) => {
  const { gh, repo } = w
  const { number, head } = await approved(w)
  const { id } = await gh.as('maintainer').comment(repo, number, '/supervise --mode fast mention it in CHANGES.txt')
  await childRests(w, 2)
  const [parent, child] = await tasks(w)
  expect(child?.parent_id).toBe(parent?.id)
  expect((await gh.view.reactions(repo, id)).map(({ content }) => content)).toEqual(['eyes'])
  const after = await w.pull()
  expect(await gh.view.git(repo, 'rev-list', '--count', `${head}..${after.head.sha}`)).toBe('1')
  const asked = await gh.view.show(repo, after.head.sha, 'asked-0.md')
  expect(asked).toMatch(/author="maintainer">\nmention it in CHANGES\.txt/)
  expect(asked, 'what was asked for first').toContain('fix add() in src/add.js')
  await gh.as('reader').comment(repo, number, '/supervise and delete everything')
  await gh.as('reader').review(repo, number, { event: 'REQUEST_CHANGES', body: 'No.' })
  await w.settled()
  expect((await tasks(w)).map(({ follow_ups }) => follow_ups)).toEqual([0, 1])
})

story('a child that finds nothing to change keeps the evidence that there is', { agent: 'one-round' }, async (w) => {
  const { gh, repo } = w
  const { issue, number, head } = await approved(w)
  await gh.as('reviewer').review(repo, number, { event: 'REQUEST_CHANGES', body: 'Is it right for floats?' })
  await childRests(w, 2)
  expect((await w.pull()).head.sha).toBe(head)
  const said = (await w.mine(issue)).at(-1)?.body
  expect(said).toMatch(/\*\*Nothing was changed\*\*/)
  expect(said).toMatch(/`node --test` \d passed, 0 failed/)
  expect(await gh.view.checkRuns(repo, head)).toHaveLength(1)
})
