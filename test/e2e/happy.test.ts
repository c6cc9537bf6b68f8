import { expect } from 'vitest'
import { story } from '../support/story.ts'

/** The whole task, the reading of who we are and who may do what included; edits of the comment come on top. */
const MAX_CALLS = 21
/** SPEC 10.7: changes within a second are one edit. A little less, because requests do not travel equally fast. */
const BETWEEN_EDITS_MS = 900

story('a comment becomes a verified pull request, and done after its approval', {}, async (w) => {
  const { gh, repo } = w
  const { issue, commandId } = await w.ask()
  await w.until('👀 on the command', async () =>
    (await gh.view.reactions(repo, commandId)).some(({ content, user }) => content === 'eyes' && user.login === w.bot),
  )
  const task = await w.reaches('review')
  await w.settled()

  const pull = await w.pull()
  expect(pull.head.ref).toMatch(/^supervise\/[a-z0-9-]+$/)
  expect(pull.draft, 'still a draft').toBe(false)
  expect(pull.requested_reviewers.map(({ login }) => login)).toEqual(['maintainer'])
  expect(pull.body).toMatch(new RegExp(`\\b(closes|fixes|resolves) #${issue}\\b`, 'i'))
  expect(await gh.view.show(repo, pull.head.sha, 'src/add.js')).toContain('a + b')
  const opened = w.calls().find(({ method, path }) => method === 'POST' && path.endsWith('/pulls'))
  expect(JSON.parse(opened?.body ?? '{}'), 'it is opened as a draft').toMatchObject({ draft: true })

  const check = await w.checkOn(pull.head.sha)
  expect(check).toMatchObject({ conclusion: 'success', external_id: task.id })
  expect(`${check.output.summary}${check.output.text}`).toContain('node --test')
  const message = await gh.view.git(repo, 'log', '-1', '--format=%an <%ae>%n%B', pull.head.sha)
  expect(message).toContain(`${w.bot} <`)
  expect(message).toMatch(new RegExp(`Co-authored-by: maintainer <${gh.userId('maintainer')}\\+maintainer@`))

  await gh.as('reviewer').review(repo, pull.number, { event: 'APPROVE', body: 'Good.' })
  await w.reaches('DONE')
  await w.settled()
  expect(await w.says(issue, /\bDone\b/)).toContain(`#${pull.number}`)
  expect(await w.mine(issue)).toHaveLength(1)
  expect(await w.checks()).toHaveLength(1)
  const isEdit = ({ method, path }: { method: string; path: string }): boolean =>
    method === 'PATCH' && path.includes('/issues/comments/')
  const others = w.calls().filter((call) => !isEdit(call))
  const list = others.map(({ method, path }) => `${method} ${path}`)
  expect(list.length, list.join('\n')).toBeLessThanOrEqual(MAX_CALLS)
  const edits = w.calls().filter(isEdit)
  for (const [n, { at }] of edits.entries()) {
    expect(at - (edits[n - 1]?.at ?? 0), `edit ${n}`).toBeGreaterThan(BETWEEN_EDITS_MS)
  }
})

story('a label does the same, and is taken off again', {}, async (w) => {
  const { gh, repo } = w
  const { number } = await gh
    .as('maintainer')
    .issue(repo, 'fix add() in src/add.js: it subtracts', 'test/add.test.js expects a sum.')
  await gh.as('maintainer').label(repo, number, 'supervise')
  await w.reaches('review')
  await w.settled()
  expect(await gh.view.labels(repo, number)).not.toContain('supervise')
  const pull = await w.pull()
  expect((await w.checkOn(pull.head.sha)).conclusion).toBe('success')
  await gh.as('maintainer').review(repo, pull.number, { event: 'APPROVE' })
  await w.reaches('DONE')
})

story('requested changes are a second commit on the same pull request', { agent: 'two-rounds' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('review')
  await w.settled()
  const first = await w.pull()
  expect((await w.checkOn(first.head.sha)).conclusion).toBe('success')

  await gh.as('reviewer').review(repo, first.number, { event: 'REQUEST_CHANGES', body: 'Please add CHANGES.txt, too.' })
  const second = await w.until('second commit', async () => {
    const pull = await w.pull()
    return pull.head.sha !== first.head.sha && pull
  })
  expect(second.number).toBe(first.number)
  expect(await gh.view.git(repo, 'rev-list', '--count', `main..${second.head.sha}`)).toBe('2')
  expect(await gh.view.git(repo, 'merge-base', first.head.sha, second.head.sha)).toBe(first.head.sha)
  expect(await gh.view.show(repo, second.head.sha, 'CHANGES.txt')).toContain('add() adds')
  expect((await w.checkOn(second.head.sha)).conclusion).toBe('success')
  expect((await w.checkOn(first.head.sha)).conclusion, 'the first one stays as it was').toBe('success')

  await w.reaches('review')
  await w.settled()
  await gh.as('reviewer').review(repo, second.number, { event: 'APPROVE' })
  await w.reaches('DONE')
  await w.settled()
  expect(await w.mine(issue)).toHaveLength(1)
  expect(await w.checks()).toHaveLength(2)
})

story('a merge by a person ends the task as accepted', {}, async (w) => {
  const { issue } = await w.ask()
  await w.reaches('review')
  await w.settled()
  await w.gh.as('reviewer').merge(w.repo, (await w.pull()).number)
  expect(await w.reaches('DONE')).toMatchObject({ outcome: 'accepted' })
  expect(await w.says(issue, /\bDone\b/)).toMatch(/merged/)
  expect((await w.gh.view.issue(w.repo, issue)).state, 'the merge closes the issue').toBe('closed')
})

story('a pull request closed without a merge cancels the task', {}, async (w) => {
  const { issue } = await w.ask()
  await w.reaches('review')
  await w.settled()
  await w.gh.as('reviewer').closePull(w.repo, (await w.pull()).number)
  expect(await w.reaches('CANCELLED')).toMatchObject({ outcome: 'rejected' })
  expect(await w.says(issue, /Cancelled/)).toMatch(/closed/)
  await w.settled()
  expect((await w.pull()).state).toBe('closed')
})
