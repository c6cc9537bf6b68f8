import { expect } from 'vitest'
import { expectSingle } from '../../support/single.ts'
import { story } from '../../support/story.ts'

story('every delivery comes five times: one of everything', {}, async (w) => {
  const { gh, repo } = w
  gh.duplicateDeliveries = 5
  const { issue } = await w.ask()
  await w.reaches('review')
  await expectSingle(w, issue)
  await gh.as('reviewer').review(repo, (await w.pull()).number, { event: 'APPROVE' })
  await w.reaches('DONE')
  await expectSingle(w, issue)
  const codes = gh.deliveries.flatMap((delivery) => delivery.codes)
  expect(codes.length).toBe(gh.deliveries.length * 5)
  expect(codes.every((code) => code >= 200 && code < 300)).toBe(true)
  const [rows] = await w.query<{ n: string }>('select count(*) as n from deliveries')
  expect(Number(rows?.n)).toBe(gh.deliveries.length)
  expect(await w.agentRuns()).toBe(1)
})

story('GitHub writes and then says 502: nothing is written twice', { limitMs: 90_000 }, async (w) => {
  const writes = [/^POST \S+\/issues\/\d+\/comments$/, /^POST \S+\/pulls$/, /^POST \S+\/check-runs$/]
  w.gh.faults.push(...writes.map((match) => ({ match, kind: 'error-after-write' as const, times: 1 })))
  const { issue } = await w.ask()
  await w.reaches('review', 80_000)
  await expectSingle(w, issue)
  expect(w.calls().filter(({ fault }) => fault === 'error-after-write')).toHaveLength(3)
  expect((await w.checkOn((await w.pull()).head.sha)).conclusion).toBe('success')
})

for (const [name, match] of [
  ['the first comment', /^POST \S+\/issues\/\d+\/comments$/],
  ['the pull request', /^POST \S+\/pulls$/],
] as const) {
  story(`a rate limit at ${name}: silence until it is over`, {}, async (w) => {
    const retryAfter = 3
    w.gh.faults.push({ match, kind: 'rate-limit', times: 1, retryAfter })
    const { issue } = await w.ask()
    await w.reaches('review')
    await expectSingle(w, issue)
    const calls = w.calls().filter(({ caller }) => caller === 'installation')
    const since = calls.find(({ fault }) => fault === 'rate-limit')?.at ?? 0
    // What was under way when the answer came is nobody's fault.
    const within = calls.filter(({ at }) => at > since + 250 && at < since + retryAfter * 1_000)
    expect(within.map(({ method, path }) => `${method} ${path}`)).toEqual([])
  })
}

story('GitHub answers nothing but 503 for a while, and cuts connections', { limitMs: 90_000 }, async (w) => {
  const down = [
    { match: /./, kind: 'error' as const, status: 0, times: 2 },
    { match: /./, kind: 'error' as const, status: 503, times: 6 },
  ]
  w.gh.faults.push(...down)
  const { issue } = await w.ask()
  await w.until('the end of it', () => down.every(({ times }) => times === 0), 60_000)
  await w.reaches('review', 60_000)
  await expectSingle(w, issue)
})

story('a command is not lost while GitHub is away for longer than a few tries', {}, async (w) => {
  const away = { match: /^GET \S+\/permission$/, kind: 'error' as const, status: 503, times: 12 }
  w.gh.faults.push(away)
  const { issue } = await w.ask()
  await w.until('twelve tries', async () => {
    // The pauses between them grow to minutes: time passes.
    await w.query("update deliveries set not_before = now() where status = 'received' and error is not null")
    await w.query("select graphile_worker.add_job('inbox', job_key => 'inbox')")
    return away.times === 0
  })
  await w.reaches('review')
  await expectSingle(w, issue)
})

story('GitHub is away for longer than any step has patience for', { limitMs: 120_000 }, async (w) => {
  const { issue } = await w.ask({ request: 'help' })
  await w.settled()
  expect(await w.mine(issue)).toHaveLength(1)
  const away = { match: /./, kind: 'error' as const, status: 502, times: 60 }
  w.gh.faults.push(away)
  const second = await w.ask()
  /** The pauses between the tries grow to minutes. */
  const timePasses = async (): Promise<void> => {
    await w.query("update deliveries set not_before = now() where status = 'received' and error is not null")
    await w.query('update outbox set not_before = now() where wanted > sent and attempts > 0')
    await w.query("update tasks set waiting_until = now() where waiting_on = 'retry'")
    await w.query("select graphile_worker.add_job('inbox', job_key => 'inbox')")
  }
  const over = async (): Promise<boolean> => {
    await timePasses()
    const waiting = await w.query("select 1 from tasks where waiting_on = 'retry'")
    return away.times === 0 && waiting.length === 0 && (await w.query('select 1 from tasks')).length === 1
  }
  await w.until('the end of it', over, 90_000)
  await w.reaches('review', 60_000)
  await expectSingle(w, second.issue)
  expect(await w.query('select 1 from outbox where dead_at is not null')).toEqual([])
})

story('tokens that are an hour old are no longer good, and nobody notices', { agent: 'gated-fix' }, async (w) => {
  const { issue } = await w.ask()
  await w.until('the agent', () => w.agents().length > 0)
  // An hour later; the program's own clock does not know.
  w.gh.passTime(3_700_000)
  await w.openGate()
  await w.reaches('review')
  await expectSingle(w, issue)
  expect(w.calls().filter(({ status }) => status === 401).length).toBeGreaterThan(0)
})

story('a token that git may not use any more is replaced, too', { agent: 'two-rounds' }, async (w) => {
  const { gh, repo } = w
  const { issue } = await w.ask()
  await w.reaches('review')
  await w.settled()
  const { number, head } = await w.pull()
  gh.passTime(3_700_000)
  await gh.as('reviewer').review(repo, number, { event: 'REQUEST_CHANGES', body: 'Please add CHANGES.txt, too.' })
  await w.until('commit of the next round', async () => (await w.pull()).head.sha !== head.sha)
  await w.reaches('review')
  await expectSingle(w, issue)
})
