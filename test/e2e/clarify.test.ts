import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const VAGUE = { title: 'sum', body: '', request: 'look after it' }

const promptsOf = async (w: World): Promise<string> =>
  (await w.query<{ content: Buffer }>("select content from artifacts where kind = 'prompt'"))
    .map(({ content }) => gunzipSync(content).toString('utf8'))
    .join('\n')
const rowsOf = (w: World, verb: string) => w.query('select reason_code from commands where verb = $1', [verb])

story('a plain reply of the requester answers the questions, and nothing else does', {}, async (w) => {
  const { gh, repo } = w
  const before = await gh.as('maintainer').issue(repo, 'another', '')
  await gh.as('maintainer').comment(repo, before.number, 'a')
  const { issue } = await w.ask(VAGUE)
  await w.reaches('CLARIFY clarification')
  const question = await w.says(
    issue,
    /@maintainer: an answer is needed[\s\S]*1\. What should come out of it\?\s+- \*\*a\*\*/,
  )
  expect(question).toMatch(/A plain reply is enough/)
  expect(question).toMatch(/^2\. .*\?$/m)
  await w.settled()

  await gh.as('reviewer').comment(repo, issue, 'a, I think')
  await gh.as('reader').comment(repo, issue, 'b')
  await w.settled()
  await w.reaches('CLARIFY clarification')
  expect(await rowsOf(w, 'plain_reply'), 'others and other threads leave no row').toEqual([])

  const answer = await gh
    .as('maintainer')
    .comment(repo, issue, '1. a\n2. add() in src/add.js subtracts where it should add')
  await w.reaches('review')
  await w.settled()
  const reactions = await gh.view.reactions(repo, answer.id)
  expect(reactions.map(({ content, user }) => [content, user.login])).toEqual([['eyes', w.bot]])
  expect(await w.mine(issue), 'the question is answered, and gone').toHaveLength(1)
  expect(await promptsOf(w)).toContain('subtracts where it should add')
  expect((await w.pull()).title).toBe('sum')

  await gh.as('maintainer').comment(repo, issue, 'Thank you.')
  await w.settled()
  expect(await rowsOf(w, 'plain_reply')).toEqual([{ reason_code: 'clarification_answered' }])
})

story('anybody with write access answers with the command', {}, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask(VAGUE)
  await w.reaches('CLARIFY clarification')
  await gh.as('reviewer').comment(repo, issue, '/supervise clarify a change to src/add.js, so that it adds')
  await w.reaches('review')
})

story('after three answers that say nothing it ends, and tells what to do', {}, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask(VAGUE)
  for (const [n, answer] of ['hm', 'well', 'you know'].entries()) {
    const pattern = [/What should come out of it/, /does not say yet/, /last time/][n] ?? /never/
    await w.until(`question ${n + 1}`, async () => {
      const asking = (await w.mine(issue)).find(({ body }) => body.startsWith('@maintainer'))
      return asking !== undefined && pattern.test(asking.body)
    })
    await w.settled()
    await gh.as('maintainer').comment(repo, issue, answer)
    if (n < 2) await w.until('next round', async () => (await rounds(w)) === n + 1)
  }
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'clarifications_used_up' })
  await w.says(issue, /after three answers[\s\S]*Start again with one sentence/)
  await w.settled()
  expect(await w.mine(issue)).toHaveLength(1)
})

story('nobody answers in time: it ends, and says how to start again', {}, async (w) => {
  const { issue } = await w.ask(VAGUE)
  await w.reaches('CLARIFY clarification')
  await w.settled()
  await w.query('update tasks set waiting_until = now()')
  expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'clarification_expired' })
  await w.says(issue, /Nobody answered the questions in time[\s\S]*\/supervise retry[\s\S]*\/supervise <request>/)
  await w.settled()
  expect(await w.mine(issue), 'the question is gone').toHaveLength(1)
})

const rounds = async (w: World): Promise<number> =>
  Number(
    (await w.query<{ n: string }>("select jsonb_array_length(inputs->'clarifications') as n from tasks"))[0]?.n ?? 0,
  )

story('a text that was edited since the command: the answer says which one counts', {}, async (w) => {
  const { gh, repo } = w
  const by = gh.as('maintainer')
  const { number } = await by.issue(repo, 'add() subtracts', 'Mend src/add.js.')
  await gh.settle()
  gh.pauseDeliveries()
  await by.comment(repo, number, '/supervise')
  await by.api('PATCH', `/repos/${repo}/issues/${number}`, { body: 'Mend src/add.js: test/add.test.js expects a sum.' })
  gh.resumeDeliveries()
  await w.reaches('CLARIFY clarification')
  await w.says(
    number,
    /@maintainer[\s\S]*Which version counts\?\s+- \*\*a\*\* as it was when the command was given\s+- \*\*b\*\*/,
  )
  await w.says(number, /text was changed after the command[\s\S]*\(body\)/)
  await w.settled()
  await by.comment(repo, number, 'b')
  await w.reaches('review')
  expect(await promptsOf(w)).toContain('Mend src/add.js: test/add.test.js expects a sum.')
})

story('made public while it waits: the next gate asks', { config: { automation: 'cautious' } }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask(VAGUE)
  await w.reaches('CLARIFY clarification')
  await w.settled()
  await gh.as(gh.owner).api('PATCH', `/repos/${repo}`, { private: false })
  await gh.as('maintainer').comment(repo, issue, 'a change to src/add.js: add() must add')
  expect(await w.reaches('PLAN approval')).toMatchObject({ reason_code: 'public_code_needs_approval' })
})
