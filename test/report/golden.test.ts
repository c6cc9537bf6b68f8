import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VERB_TABLE } from '../../src/intake/verbs.ts'
import { renderAsking } from '../../src/report/asking.ts'
import { renderCheck } from '../../src/report/check.ts'
import { renderComment } from '../../src/report/comment.ts'
import { commitMessage } from '../../src/report/commit-message.ts'
import { renderPull } from '../../src/report/pull.ts'
import { renderReply } from '../../src/report/reply.ts'
import { TASK, VIEWS } from './views.ts'

/**
 * What people see, word for word. After a wanted change: `UPDATE_GOLDEN=1 npx vitest run test/report`, then read the
 * difference as somebody who has to trust it.
 */
const FOLDER = join(import.meta.dirname, 'golden')
const update = process.env['UPDATE_GOLDEN'] === '1'

function expectGolden(name: string, text: string): void {
  const file = join(FOLDER, `${name}.md`)
  if (update) {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(file, `${text}\n`)
  }
  expect(existsSync(file), `${file} is missing: run with UPDATE_GOLDEN=1`).toBe(true)
  expect(`${text}\n`).toBe(readFileSync(file, 'utf8'))
}

function checkText(name: string): string {
  const view = VIEWS[name]
  if (view === undefined) throw new Error(name)
  const { status, conclusion, title, summary, text, actions, annotations } = renderCheck(view)
  return [
    `${status}, ${conclusion}: ${title}`,
    summary,
    text || '(no text)',
    ...annotations.map((one) => `${one.path}:${one.line} ${one.title}\n${one.message}`),
    actions.map((a) => `[${a.label}] ${a.description}`).join('\n'),
  ].join('\n\n---\n\n')
}

const CHECKS = [
  'waiting-for-ci',
  'verified-waiting-for-review',
  'not-verified',
  'inconclusive-without-verify-command',
  'cancelled',
]
const PULLS = ['verified-waiting-for-review', 'not-verified', 'inconclusive-without-verify-command']
const ASKINGS = [
  'waiting-for-plan-approval',
  'plan-only',
  'waiting-for-budget',
  'clarification',
  'held-for-protected-paths',
]
const LIVING = 'https://github.com/acme/app/issues/311#issuecomment-1'
const of = (name: string) => {
  const view = VIEWS[name]
  if (view === undefined) throw new Error(`no view ${name}`)
  return view
}

const GOLDENS: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(Object.entries(VIEWS).map(([name, view]) => [`comment-${name}`, () => renderComment(view)])),
  ...Object.fromEntries(CHECKS.map((name) => [`check-${name}`, () => checkText(name)])),
  ...Object.fromEntries(
    PULLS.map((name) => [`pull-${name}`, () => `${renderPull(of(name)).title}\n\n${renderPull(of(name)).body}`]),
  ),
  ...Object.fromEntries(
    ASKINGS.map((name) => [
      `asking-${name}`,
      () => renderAsking(of(name), ['jon', 'not a login'], LIVING, `ask:${name}`) ?? '',
    ]),
  ),
  'reply-help': () =>
    renderReply({
      kind: 'help',
      verbs: Object.values(VERB_TABLE).map(({ usage, summary }) => ({ usage: `/supervise ${usage}`, summary })),
    }),
  'reply-tasks': () =>
    renderReply({ kind: 'tasks', tasks: [of('working').task, of('verified-waiting-for-review').task] }),
  'reply-why': () =>
    renderReply({
      kind: 'why',
      taskId: TASK.id,
      reasonCode: 'protected_paths_need_approval',
      classification: TASK.classification && {
        ...TASK.classification,
        signals: [
          { name: 'verb:fix', matched: 'Fix `the` @login', effect: 'type bug_fix +3' },
          { name: 'wrong_result', matched: 'redirects to itself', effect: 'type bug_fix +0.75' },
        ],
      },
      decisions: [
        {
          gate: 'admit',
          ruleId: 'low-risk',
          reasonCode: 'low_risk_goes_on',
          facts: { automation: 'semi', confidence: 0.9, mode: 'standard', risk: 'low', missing_capabilities: [] },
          kind: 'continue',
        },
        ...of('waiting-for-plan-approval').decisions,
        ...of('held-for-protected-paths').decisions,
      ],
    }),
  'reply-why-early': () => renderReply({ kind: 'why', taskId: TASK.id, decisions: [] }),
  'reply-told-elsewhere': () => renderReply({ kind: 'told', reasonCode: 'status_elsewhere', thread: 311 }),
  'reply-told': () => renderReply({ kind: 'told', reasonCode: 'budget_changed', word: '10usd' }),
  'reply-unknown-verb': () =>
    renderReply({ kind: 'refusal', reasonCode: 'unknown_verb', word: 'statsu', suggestions: ['/supervise status'] }),
  'reply-ambiguous-verb': () =>
    renderReply({
      kind: 'refusal',
      reasonCode: 'ambiguous_verb',
      word: 'status page is broken',
      suggestions: ['/supervise status', '/supervise run status page is broken'],
    }),
  'commit-message': () => commitMessage({ task: TASK, host: 'users.noreply.github.com' }).trimEnd(),
}

describe('what people see', () => {
  it.each(Object.entries(GOLDENS))('%s', (name, render) => expectGolden(name, render()))

  it('has no golden file that nobody looks at', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(
      Object.keys(GOLDENS)
        .map((name) => `${name}.md`)
        .toSorted(),
    )
  })
})
