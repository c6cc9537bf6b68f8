import { describe, expect, it } from 'vitest'
import { renderCheck } from '../../src/report/check.ts'
import { renderComment } from '../../src/report/comment.ts'
import type { TaskView } from '../../src/report/view.ts'
import { STATES } from '../../src/task/states.ts'
import { VERDICTS, WAITING_ON } from '../../src/task/task.ts'
import { evidence, VIEWS, view } from './views.ts'

const EVERY: TaskView[] = STATES.flatMap((state) =>
  [null, ...WAITING_ON].flatMap((waitingOn) =>
    [null, ...VERDICTS].map((verdict) => view({ state, waitingOn, verdict, headSha: 'a'.repeat(40) })),
  ),
)

describe('the conclusion of the check run', () => {
  it('is success for a passed verification only, and never neutral or skipped', () => {
    for (const v of EVERY) {
      const { conclusion, status, actions } = renderCheck(v)
      expect([null, 'success', 'failure', 'action_required', 'cancelled']).toContain(conclusion)
      expect(status).toBe(conclusion === null ? 'in_progress' : 'completed')
      if (conclusion === 'success') expect(v.task.verdict).toBe('pass')
      if (status === 'in_progress') expect(actions).toEqual([])
    }
  })

  it('is completed in every final state, and in every state that waits for a person', () => {
    for (const v of EVERY) {
      const { state, waitingOn } = v.task
      const final = state === 'DONE' || state === 'FAILED' || state === 'CANCELLED'
      const person =
        waitingOn === 'approval' || waitingOn === 'review' || waitingOn === 'clarification' || waitingOn === 'budget'
      if (final || state === 'PAUSED' || person)
        expect(renderCheck(v).status, `${state} ${waitingOn}`).toBe('completed')
    }
  })

  it.each([
    ['waiting-for-ci', null, 'Waiting for CI'],
    ['verified-waiting-for-review', 'success', 'Verified: 2 of 2 criteria'],
    ['done-accepted', 'success', 'Verified: 2 of 2 criteria'],
    ['not-verified', 'failure', 'Not verified: 1 of 2 criteria failed'],
    ['no-change', 'failure', 'No changes'],
    ['failed-with-internal-error', 'failure', 'Failed: A mistake in the supervisor itself.'],
    ['inconclusive-without-verify-command', 'action_required', 'Inconclusive: 1 of 2 criteria not shown'],
    ['held-for-protected-paths', 'action_required', 'Held: protected paths need approval'],
    ['paused', 'action_required', 'Paused'],
    ['cancelled', 'cancelled', 'Cancelled'],
  ])('%s: %s', (name, conclusion, title) => {
    const v = VIEWS[name]
    if (v === undefined) throw new Error(name)
    expect(renderCheck(v)).toMatchObject({ conclusion, title })
  })

  it('is not green while policy wants another person than the requester', () => {
    const base = VIEWS['verified-waiting-for-review'] ?? view({})
    const decisions = [
      {
        gate: 'result',
        ruleId: 'r',
        reasonCode: 'high_risk_needs_approval',
        facts: {},
        kind: 'approve',
        approval: { required: 1, requesterCounts: false },
      },
    ] as const
    const by = (login: string) =>
      [
        { gate: 'result', login, source: 'review', decision: 'approved', headSha: base.task.headSha, at: new Date(0) },
      ] as const
    expect(renderCheck({ ...base, decisions }).conclusion).toBe('action_required')
    expect(renderCheck({ ...base, decisions, approvals: by('maria') }).conclusion).toBe('action_required')
    expect(renderCheck({ ...base, decisions, approvals: by('jon') }).conclusion).toBe('success')
  })

  it('has at most three buttons within the limits of GitHub, and none that nobody obeys', () => {
    for (const v of [...EVERY, ...Object.values(VIEWS)]) {
      const { actions } = renderCheck(v)
      expect(actions.length).toBeLessThanOrEqual(3)
      for (const { label, description, identifier } of actions) {
        expect(label.length).toBeLessThanOrEqual(20)
        expect(description.length).toBeLessThanOrEqual(40)
        expect(identifier.length).toBeLessThanOrEqual(20)
      }
      expect(renderCheck({ ...v, buttons: [] }).actions).toEqual([])
    }
  })
})

describe('the comment', () => {
  it('has a headline and one mark in every situation, and offers only commands that exist', () => {
    for (const v of EVERY) {
      const body = renderComment({ ...v, verbs: ['run', 'approve', 'cancel'] })
      expect(body).toMatch(/^### [▶⏸✔✖■] [A-Z]/)
      const offered = [...body.matchAll(/`\/supervise ([a-z]+)/g)].map(([, verb]) => verb)
      expect(offered.filter((verb) => verb !== 'approve' && verb !== 'cancel')).toEqual([])
    }
  })

  it('says the words that people look for', () => {
    const says = (name: string, words: RegExp) => expect(renderComment(VIEWS[name] ?? view({}))).toMatch(words)
    says('cancelled', /Cancelled/)
    says('done-accepted', /Done/)
    says('not-verified', /failed/)
    says('no-change', /No changes/)
    says('verified-waiting-for-review', /review of .* by `maria`/)
    expect(renderComment(VIEWS['verified-waiting-for-review'] ?? view({}))).not.toMatch(/\bdone\b/i)
  })

  it('shows nothing of a change that holds a secret', () => {
    const body = renderComment(VIEWS['held-back-with-a-secret'] ?? view({}))
    expect(body).not.toContain('not-for-anybody')
    expect(body).not.toContain('src/auth/redirect.ts')
  })

  it('does not depend on the clock while nothing runs', () => {
    for (const [name, v] of Object.entries(VIEWS)) {
      if (name !== 'working')
        expect(renderComment({ ...v, now: new Date(Date.UTC(2030, 0, 1)) })).toBe(renderComment(v))
    }
  })
})

describe('at lines of files', () => {
  const at = (line: number) => ({ path: 'src/a.ts', line, title: 'adds', message: '2 !== 5' })
  const failed = evidence('Tests', { verdict: 'fail', findings: [at(3), at(4)] })
  const shown = view({ state: 'FAILED', verdict: 'fail', headSha: 'a'.repeat(40) }, { evidence: [failed] })

  it('says what has failed there, once the run is completed', () => {
    const at34 = (level: string) => [3, 4].map((line) => ({ ...at(line), level }))
    expect(renderCheck(shown).annotations).toEqual(at34('failure'))
    const optional = { ...shown, evidence: [{ ...failed, required: false }] }
    expect(renderCheck(optional).annotations, 'a green run shows nothing red').toEqual(at34('warning'))
    const busy = { ...shown, task: { ...shown.task, state: 'VERIFY' as const, verdict: null } }
    expect(renderCheck(busy).annotations).toEqual([])
  })

  it('says nothing of what has not failed, however it was read', () => {
    for (const verdict of ['pass', 'inconclusive', 'not_run'] as const)
      expect(renderCheck({ ...shown, evidence: [{ ...failed, verdict }] }).annotations).toEqual([])
  })

  it('says no more than GitHub takes in one request, and nothing without words', () => {
    const many = { ...failed, findings: Array.from({ length: 80 }, (_, i) => at(i + 1)) }
    expect(renderCheck({ ...shown, evidence: [many] }).annotations).toHaveLength(50)
    const mute = { ...failed, findings: [{ ...at(3), title: '', message: '' }] }
    expect(renderCheck({ ...shown, evidence: [mute] }).annotations).toEqual([
      { path: 'src/a.ts', line: 3, level: 'failure', title: 'Tests', message: 'Failed here.' },
    ])
  })

  it('mentions and closes nothing', () => {
    const hostile = { ...at(3), title: 'x\n@jon closes #4', message: 'fixes #12 @acme/all\nSigned-off-by: eve' }
    const [one] = renderCheck({ ...shown, evidence: [{ ...failed, findings: [hostile] }] }).annotations
    expect(one?.title).not.toMatch(/[\n]|@jon|#4/)
    expect(one?.message).not.toMatch(/@acme|^Signed-off-by:/m)
  })
})
