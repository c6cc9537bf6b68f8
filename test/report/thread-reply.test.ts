import { expect, test } from 'vitest'
import { renderThreadReply, THREAD_OUTCOMES, type ThreadReply } from '../../src/report/thread-reply.ts'

const SHA = '9f2c1d7a5e0b4c3d2e1f00112233445566778899'
const reply: ThreadReply = {
  outcome: 'changed',
  several: false,
  sha: SHA,
  url: `https://github.com/acme/app/commit/${SHA}`,
  verdict: 'pass',
}
const commit = `[\`9f2c1d7\`](https://github.com/acme/app/commit/${SHA})`

test('says what git says, and what was proved', () => {
  expect(renderThreadReply(reply)).toBe(
    `This line was changed in ${commit}. The commit is verified. Resolving this thread is left to you.`,
  )
  expect(renderThreadReply({ ...reply, several: true, verdict: 'fail' })).toBe(
    `These lines were changed in ${commit}. The checks on that commit failed. Resolving this thread is left to you.`,
  )
  expect(renderThreadReply({ ...reply, outcome: 'elsewhere' })).toContain('No line near here was changed in this round')
  expect(renderThreadReply({ ...reply, outcome: 'no_commit' })).not.toContain('verified')
})

test('never claims that a wish is fulfilled, and mentions nobody', () => {
  for (const outcome of THREAD_OUTCOMES) {
    const text = renderThreadReply({ ...reply, outcome })
    expect(text).not.toMatch(/addressed|fixed|resolved|done|@/i)
    expect(text).toContain(commit)
  }
})
