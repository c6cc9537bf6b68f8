import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { story } from '../../support/story.ts'

const FIXED = 'export const add = (a, b) => a + b\n'
const REPORTER = { agent: 'reporter', capabilities: ['research'], config: { automation: 'balanced' } } as const
const INTO = (path: string) => ({ request: `compare add() with a library, and put the report into ${path}` })

for (const [what, files] of [
  ['a link out of the repository', { docs: { content: '/tmp', mode: '120000' } }],
  ['a link to another folder', { docs: { content: 'src', mode: '120000' } }],
  ['a folder', { 'docs/sums.md/a.txt': 'a' }],
  ['what git ignores', { '.gitignore': 'docs/\n' }],
] as const)
  story(
    `a result is not written through ${what}`,
    { ...REPORTER, files: { 'src/add.js': FIXED, ...files } },
    async (w) => {
      const { issue } = await w.ask(INTO('docs/sums.md'))
      expect(await w.reaches('FAILED')).toMatchObject({ reason_code: 'result_path_unusable' })
      expect(await w.says(issue, /could not be put into its file/)).toContain('docs/sums.md')
      await w.settled()
      expect(await w.gh.view.branches(w.repo)).toEqual(['main'])
    },
  )

story(
  'a file that is there is known to whoever writes it anew, and a protected one waits for a person',
  { ...REPORTER, files: { 'src/add.js': FIXED, 'CONVENTIONS.md': '# Conventions\n\nSums are BINDING-SENTENCE.\n' } },
  async (w) => {
    await w.ask(INTO('CONVENTIONS.md'))
    await w.reaches('VERIFY approval')
    const prompts = await w.query<{ content: Buffer }>(
      "select content from artifacts where kind = 'prompt' order by at",
    )
    const texts = prompts.map(({ content }) => gunzipSync(content).toString('utf8'))
    expect(texts.map((t) => t.includes('BINDING-SENTENCE'))).toEqual([false, true])
    expect(await w.gh.view.branches(w.repo)).toEqual(['main'])
  },
)

story('what is wanted as a file from a thread without write access is nobody’s', REPORTER, async (w) => {
  const { issue } = await w.ask({ ...INTO('docs/sums.md'), by: 'triager' })
  await w.settled()
  expect(await w.query('select id from tasks')).toEqual([])
  expect((await w.mine(issue)).length).toBeLessThanOrEqual(1)
})

story(
  'a result that became a pull request is replayed like every other, and merging it ends the task',
  { ...REPORTER, files: { 'src/add.js': FIXED } },
  async (w) => {
    await w.ask({ request: 'compare add() with a library and open a pull request with the report' })
    const { id } = await w.reaches('review')
    await w.settled()
    const { number, head } = await w.pull()
    expect(await w.gh.view.show(w.repo, head.sha, 'docs/1-add-subtracts.md')).toContain('Keep add() [1].')
    expect((await w.checkOn(head.sha)).conclusion).toBe('success')
    expect((await w.cli('replay', id)).code).toBe(0)
    await w.gh.as('maintainer').merge(w.repo, number)
    expect(await w.reaches('DONE')).toMatchObject({ outcome: 'accepted' })
  },
)
