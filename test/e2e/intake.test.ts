import { expect } from 'vitest'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const REQUEST = 'fix add() in src/add.js'
const NO_COMMANDS = [
  `> /supervise ${REQUEST}`,
  `\`\`\`\n/supervise ${REQUEST}\n\`\`\``,
  `~~~text\n/supervise ${REQUEST}\n~~~`,
  `<!-- /supervise ${REQUEST} -->`,
  `    /supervise ${REQUEST}`,
  `\`/supervise ${REQUEST}\``,
  `please /supervise ${REQUEST}`,
  `text first\n/supervise ${REQUEST}`,
  `/supervised ${REQUEST}`,
  `/super\u200bvise ${REQUEST}`,
  `/s\u0443pervise ${REQUEST}`,
]

story('what is no command, or nobody\u2019s who may give one, starts nothing', { private: false }, async (w) => {
  const { gh, repo } = w
  const { number } = await gh.as('maintainer').issue(repo, 'add() subtracts')
  for (const body of NO_COMMANDS) await gh.as('maintainer').comment(repo, number, body)
  for (const who of ['stranger', 'reader', 'triager', 'helper[bot]', w.bot]) {
    await gh.as(who).comment(repo, number, `/supervise ${REQUEST}`)
  }
  await gh.as('triager').label(repo, number, 'supervise')
  const { id } = await gh.as('maintainer').comment(repo, number, 'nothing to see')
  await gh.as('maintainer').editComment(repo, id, `/supervise ${REQUEST}`)
  await w.settled()
  expect(await w.query('select id from tasks')).toEqual([])
  expect((await w.mine(number)).map(({ body }) => body)).toEqual([`/supervise ${REQUEST}`])
  expect(w.calls().filter(({ method, path }) => method !== 'GET' && !/access_tokens$/.test(path))).toEqual([])
  await isStillHeard(w)
})

story('a mistyped verb or flag is answered, and starts nothing', {}, async (w) => {
  const { issue } = await w.ask({ request: 'statsu' })
  expect(await w.says(issue, /supervise status/)).toMatch(/run statsu/)
  const { issue: other } = await w.ask({ request: '--fast fix add()' })
  const answer = await w.says(other, /--mode fast/)
  for (const flag of ['--backend', '--skill', '--base', '--budget', '--timeout', '--task', '--new']) {
    expect(answer).toContain(flag)
  }
  const { issue: third } = await w.ask({ request: 'status page is broken' })
  expect(await w.says(third, /run status page is broken/)).toMatch(/supervise status/)
  await w.settled()
  expect(await w.query('select id from tasks')).toEqual([])
  for (const number of [issue, other, third]) expect(await w.mine(number)).toHaveLength(1)
})

story('help, status and a second request on an open task are answered', { agent: 'gated-fix' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.until('agent', () => w.agents().length > 0)
  await gh.as('maintainer').comment(repo, issue, '/supervise help')
  const help = await w.says(issue, /### Commands/)
  for (const verb of ['approve', 'cancel', 'status']) expect(help).toContain(verb)

  const { id } = await gh.as('triager').comment(repo, issue, '/supervise status')
  await w.until('👀 on status', async () =>
    (await gh.view.reactions(repo, id)).some(({ user }) => user.login === w.bot),
  )

  await gh.as('reviewer').comment(repo, issue, '/supervise fix something else')
  const [task] = await w.query<{ id: string }>('select id from tasks')
  expect(await w.says(issue, new RegExp(`Possible here: .*${task?.id}`))).toMatch(/`--new`/)
  await gh.as('reader').comment(repo, issue, '/supervise cancel')
  await gh.as('triager').comment(repo, issue, '/supervise cancel')
  await w.openGate()
  await w.reaches('review')
  await w.settled()
  expect(await w.query('select id from tasks')).toHaveLength(1)
  expect(await w.mine(issue), 'the living comment and one answer').toHaveLength(2)
})

story(
  'a repository that the operator did not name is not served',
  { config: { installations: { allow: ['other'] } } },
  async (w) => {
    const { issue } = await w.ask()
    await w.settled()
    expect(await w.query('select id from tasks')).toEqual([])
    expect(await w.mine(issue)).toEqual([])
  },
)

/** What is ignored proves nothing where nobody listens. */
async function isStillHeard(w: World): Promise<void> {
  const { issue } = await w.ask({ request: 'help' })
  await w.says(issue, /### Commands/)
}
