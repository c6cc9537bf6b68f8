import { expect } from 'vitest'
import type { Fault, RecordedRequest } from '../../../src/demo/types.ts'
import { expectSingle } from '../../support/single.ts'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

/** What is for the installation; the log of deliveries is the App's own and has a limit of its own. */
const forInstallation = (w: World): RecordedRequest[] => w.calls().filter(({ path }) => !path.startsWith('/app/hook/'))
const told = (calls: readonly RecordedRequest[]): string[] => calls.map(({ method, path }) => `${method} ${path}`)

const FIRST_COMMENT = /^POST \S+\/issues\/\d+\/comments$/
const KINDS: Readonly<Record<string, Omit<Fault, 'match' | 'kind' | 'times'>>> = {
  'a secondary limit that names no time': { retryAfter: null },
  'a 429 that names a time': { status: 429, retryAfter: 90 },
  'the primary limit, until its reset': {},
}

for (const [name, limit] of Object.entries(KINDS)) {
  story(`${name}: a minute of silence at least, then all goes on`, { limitMs: 90_000 }, async (w) => {
    w.gh.faults.push({ match: FIRST_COMMENT, kind: 'rate-limit', times: 1, ...limit })
    const { issue } = await w.ask()
    await w.until('limit that is kept', async () => {
      const [hold] = await w.query<{ seconds: string }>(
        'select extract(epoch from until - now()) as seconds from rate_holds',
      )
      return hold && Number(hold.seconds) > 40
    })
    // What was under way when the answer came is over as soon as the task rests: for the limit, or for what is to be pushed.
    await w.until(
      'task that waits',
      async () => (await w.query(`select 1 from tasks where waiting_on in ('retry', 'ci')`))[0],
    )
    const before = forInstallation(w).length
    await w.gh.as('reviewer').comment(w.repo, issue, '/supervise status')
    await w.until('command that waits, too', async () => {
      const held = await w.query(`select 1 from deliveries where status = 'received' and error like '%not sent%'`)
      return held.length > 0
    })
    expect(told(forInstallation(w).slice(before))).toEqual([])
    await w.query('update rate_holds set until = now()')
    await w.query(`update outbox set not_before = now() where wanted > sent`)
    await w.query(`update tasks set waiting_until = now() where waiting_on = 'retry'`)
    await w.query(`update deliveries set not_before = now() where status = 'received'`)
    await w.reaches('review', 60_000)
    await w.settled()
    expect(await w.gh.view.pulls(w.repo)).toHaveLength(1)
    expect(await w.query('select id from tasks')).toHaveLength(1)
  })
}

story('two workers and a web half keep silent together', { processes: 2, limitMs: 120_000 }, async (w) => {
  const retryAfter = 5
  w.gh.faults.push({ match: FIRST_COMMENT, kind: 'rate-limit', times: 1, retryAfter })
  const { issue } = await w.ask()
  await w.reaches('review', 100_000)
  await expectSingle(w, issue)
  const calls = forInstallation(w)
  const since = calls.find(({ fault }) => fault === 'rate-limit')?.at ?? 0
  // What was under way when the answer came is nobody's fault.
  expect(told(calls.filter(({ at }) => at > since + 500 && at < since + retryAfter * 1_000))).toEqual([])
})

story(
  'twenty commands at once: all are answered, and never faster than GitHub wants',
  { limitMs: 120_000 },
  async (w) => {
    const { gh, repo } = w
    const issues: number[] = []
    for (let n = 0; n < 20; n++) issues.push((await gh.as('maintainer').issue(repo, `Question ${n}`)).number)
    for (const number of issues) await gh.as('maintainer').comment(repo, number, '/supervise help')
    await w.until(
      'the last answer',
      async () => {
        const open = await w.query(`select 1 from outbox where wanted > sent`)
        return open.length === 0 && (await w.query(`select 1 from outbox where surface = 'reply'`)).length === 20
      },
      100_000,
    )
    for (const number of issues) expect(await w.mine(number)).toHaveLength(1)
    const writes = w.calls().filter(({ method, caller }) => method !== 'GET' && caller === 'installation')
    expect(writes).toHaveLength(40)
    // Twenty at once where somebody waits to be heard, then one a second: never more than that in any window.
    for (const [n, { at }] of writes.entries())
      for (const [later, other] of writes.entries())
        if (later > n) expect(other.at - at, `${n} to ${later}`).toBeGreaterThanOrEqual((later - n - 21) * 1_000)
  },
)
