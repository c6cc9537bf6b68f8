import { expect, test } from 'vitest'
import { renderComment } from '../../src/report/comment.ts'
import { followUp } from '../../src/report/text/follow-up.ts'
import { view } from './views.ts'

const HEAD = '9f2c1d7a5e0b4c3d2e1f00112233445566778899'
const RESTS = { state: 'REPORT', waitingOn: 'review', verdict: 'pass', headSha: HEAD, pullNumber: 412 } as const

test('nothing is said where nobody asked for anything', () => {
  expect(followUp(view(RESTS))).toBe('')
  expect(followUp(view(RESTS, { changesHeard: [] }))).toBe('')
})

test('who was heard is named once, and mentioned never', () => {
  const changesHeard = ['jon', 'maria', 'jon', '@evil [x](http://y)']
  const said = followUp(view({ ...RESTS, reasonCode: 'changes_heard' }, { changesHeard }))
  expect(said).toMatch(/asked for by `jon`, `maria` and somebody\. The work on them begins in a few seconds/)
  expect(said).not.toMatch(/@|http/)
})

test('a task at work tells when their turn comes, one that has ended that it does not', () => {
  expect(followUp(view({ state: 'EXECUTE' }, { changesHeard: ['jon'] }))).toMatch(/when this one has ended/)
  expect(followUp(view({ state: 'FAILED' }, { changesHeard: ['jon'] }))).toMatch(/Not worked on/)
})

test('a round without a change says so, and where the reason stands', () => {
  const task = { ...RESTS, reasonCode: 'follow_up_without_change' } as const
  const said = renderComment(view(task, { agentSummary: 'It is right already.' }))
  expect(said).toMatch(/\*\*Nothing was changed\*\*.*commit `9f2c1d7` keeps its evidence/)
  expect(said).toContain('It is right already.')
  expect(followUp(view(task, { agentSummary: ' ' }))).toMatch(/did not say why/)
})
