// Longer than other files: one table of views, from which the golden files are drawn.

import type { TaskView } from '../../src/report/view.ts'
import type { Evidence } from '../../src/task/evidence.ts'
import type { Job } from '../../src/task/job.ts'
import type { Plan } from '../../src/task/plan.ts'
import type { Task } from '../../src/task/task.ts'

/** Views of one invented task in all the situations that people meet. Everything is fixed, so that goldens stay. */
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 22, 9, minute))
const HEAD = '9f2c1d7a5e0b4c3d2e1f00112233445566778899'
const BASE = '1111111a5e0b4c3d2e1f00112233445566778899'

export const TASK: Task = {
  id: '01JD3V5K8Z9QYF2M4N6P7R8S9T',
  repository: { id: 42, installationId: 7, owner: 'acme', name: 'app', private: true, defaultBranch: 'main' },
  issueNumber: 311,
  isPullRequest: false,
  title: 'Fix the login redirect loop',
  request: 'After the session expires, /login redirects to itself. Fix it and add a test.',
  flags: {},
  requester: { id: 1001, login: 'maria', type: 'User' },
  snapshotHash: 'ab'.repeat(32),
  classification: {
    type: 'bug_fix',
    risk: 'medium',
    complexity: 'small',
    mode: 'standard',
    workflow: 'coding',
    capabilities: ['coding'],
    confidence: 0.9,
    signals: [],
    skill: 'sup-coding',
  },
  planHash: '7c1e9a0'.padEnd(64, '0'),
  baseBranch: 'main',
  baseSha: BASE,
  branch: 'supervise/311-fix-the-login-redirect-loop-8s9t',
  headSha: null,
  pullNumber: null,
  verdict: null,
  state: 'PLAN',
  pausedFrom: null,
  waitingOn: null,
  waitingUntil: null,
  reasonCode: 'classified',
  outcome: 'pending',
  version: 5,
  repairs: 0,
  followUps: 0,
  retries: 0,
  budgetUsd: 5,
  spentUsd: 0,
  createdAt: at(0),
  updatedAt: at(11),
}

export const PLAN: Plan = {
  version: 1,
  taskId: TASK.id,
  type: 'bug_fix',
  risk: 'medium',
  mode: 'standard',
  workflow: 'coding',
  skill: 'sup-coding',
  baseBranch: 'main',
  baseSha: BASE,
  revision: 0,
  changeRequest: null,
  jobs: [
    {
      key: 'implement',
      type: 'executor',
      capability: 'coding',
      goal: 'Add a failing test for the bug, then make it pass',
      backend: null,
      dependsOn: [],
      parallelGroup: null,
      timeoutMs: 1_800_000,
      maxAttempts: 2,
      expectedArtifacts: ['diff'],
    },
    {
      key: 'review',
      type: 'reviewer',
      capability: 'review',
      goal: 'Review the change against the request',
      backend: null,
      dependsOn: ['implement'],
      parallelGroup: null,
      timeoutMs: 600_000,
      maxAttempts: 1,
      expectedArtifacts: [],
    },
  ],
  criteria: ['The tests pass on the pushed commit', 'A test fails without the fix'],
  verification: {
    setup: 'npm ci',
    setupTimeoutMs: 600_000,
    commands: [
      { name: 'Tests', run: 'npm test', timeoutMs: 600_000, required: true },
      { name: 'Lint', run: 'npm run lint', timeoutMs: 600_000, required: false },
    ],
    source: 'repository',
  },
  grant: {
    tools: ['edit', 'shell'],
    paths: ['src/auth/**', 'test/**'],
    network: [],
    environment: [],
    timeMs: 1_800_000,
    tokens: null,
    budgetUsd: 5,
  },
}

export const job = (key: string, over: Partial<Job> = {}): Job => ({
  id: `01JOB${key}`,
  taskId: TASK.id,
  key,
  round: 0,
  type: key === 'review' ? 'reviewer' : 'executor',
  capability: key === 'review' ? 'review' : 'coding',
  backend: key === 'review' ? 'codex' : 'claude-code',
  goal: '',
  status: 'succeeded',
  attempts: 1,
  result: {
    ended: 'completed',
    summary: '',
    errors: [],
    nextStep: null,
    exitCode: 0,
    tokensIn: 412_000,
    tokensOut: 18_500,
    costUsd: key === 'review' ? 0.27 : 1.1,
    sessionId: null,
    retryAt: null,
    isolation: 'bubblewrap',
    durationMs: key === 'review' ? 90_000 : 560_000,
    log: '',
  },
  headSha: null,
  startedAt: at(2),
  finishedAt: at(8),
  ...over,
})

export const evidence = (criterion: string, over: Partial<Evidence> = {}): Evidence => ({
  criterion,
  kind: 'exit_code',
  required: true,
  command: null,
  exitCode: null,
  durationMs: 0,
  counts: null,
  excerpt: '',
  artifactHash: null,
  commit: HEAD,
  verdict: 'pass',
  reasonCode: null,
  ...over,
})

const TESTS = evidence('Tests', {
  kind: 'tests',
  command: 'npm test',
  exitCode: 0,
  durationMs: 41_000,
  counts: { passed: 214, failed: 0, skipped: 0 },
  excerpt: '# tests 214\n# pass 214\n# fail 0',
  artifactHash: 'c0ffee'.padEnd(64, '0'),
})
const LINT = evidence('Lint', { required: false, command: 'npm run lint', exitCode: 0, durationMs: 3_200 })
const DIFF = evidence('A change was made', { kind: 'diff', excerpt: '2 files, +38 −4' })

export const view = (task: Partial<Task>, over: Partial<TaskView> = {}): TaskView => ({
  task: { ...TASK, ...task },
  plan: PLAN,
  jobs: [],
  evidence: [],
  diff: null,
  approvals: [],
  decisions: [],
  agentSummary: null,
  answer: null,
  notes: [],
  links: {
    issue: 'https://github.com/acme/app/issues/311',
    pull: task.pullNumber ? `https://github.com/acme/app/pull/${task.pullNumber}` : null,
    compare: null,
    task: null,
  },
  now: at(12),
  ...over,
})

const approved = [
  { gate: 'execute', login: 'jon', source: 'command', decision: 'approved', headSha: null, at: at(1) },
] as const
const diff = {
  files: [
    { path: 'src/auth/redirect.ts', added: 12, deleted: 4 },
    { path: 'test/login.test.ts', added: 26, deleted: 0 },
  ],
  added: 38,
  deleted: 4,
  protectedPaths: [],
}
const published = { headSha: HEAD, pullNumber: 412, spentUsd: 1.37 } as const
const finished = { jobs: [job('implement'), job('review')], diff, approvals: [...approved] } as const

const FAILING = evidence('Tests', {
  kind: 'tests',
  command: 'npm test',
  exitCode: 1,
  durationMs: 38_000,
  counts: { passed: 212, failed: 2, skipped: 0 },
  verdict: 'fail',
  reasonCode: 'command_failed',
  artifactHash: 'badbad'.padEnd(64, '0'),
  excerpt:
    'not ok 1 - session › expires\n  Expected: 401\n  Received: 200\nnot ok 2 - session › refresh\n# tests 214\n# fail 2',
})

export const VIEWS: Readonly<Record<string, TaskView>> = {
  'waiting-for-plan-approval': view(
    {
      state: 'PLAN',
      waitingOn: 'approval',
      waitingUntil: new Date(Date.UTC(2026, 10, 29, 9, 1)),
      reasonCode: 'medium_risk_needs_approval',
    },
    {
      decisions: [
        {
          gate: 'execute',
          ruleId: 'risk.medium',
          reasonCode: 'medium_risk_needs_approval',
          facts: { risk: 'medium' },
          kind: 'approve',
          approval: { required: 1, requesterCounts: false },
        },
      ],
      notes: [
        { reasonCode: 'hidden_text_removed', detail: '14 characters and 1 HTML comment' },
        { reasonCode: 'comments_left_out', detail: '2 comments' },
      ],
      reactions: true,
      links: {
        issue: 'https://github.com/acme/app/issues/311',
        pull: null,
        compare: null,
        task: null,
        asking: 'https://github.com/acme/app/issues/311#issuecomment-2',
      },
    },
  ),
  working: view(
    { state: 'EXECUTE', spentUsd: 0.42, reasonCode: 'workspace_ready' },
    {
      approvals: [...approved],
      jobs: [
        job('implement', { status: 'running', result: null, startedAt: at(8) }),
        job('review', { status: 'queued', result: null }),
      ],
      logTail: 'reading src/auth/redirect.ts\nrunning npm test -- login\n',
    },
  ),
  verifying: view({ state: 'VERIFY', headSha: HEAD, spentUsd: 1.37, reasonCode: 'executed' }, { ...finished }),
  'waiting-for-ci': view(
    { ...published, state: 'REPORT', waitingOn: 'ci', verdict: 'pass', reasonCode: 'pull_request_opened' },
    { ...finished, evidence: [TESTS, LINT, DIFF] },
  ),
  'verified-waiting-for-review': view(
    { ...published, state: 'REPORT', waitingOn: 'review', verdict: 'pass', reasonCode: 'review_wanted' },
    {
      ...finished,
      evidence: [TESTS, LINT, DIFF],
      agentSummary: 'The redirect now keeps the target.\n\nAll tests pass.',
    },
  ),
  'not-verified': view(
    { ...published, state: 'FAILED', verdict: 'fail', repairs: 2, reasonCode: 'verification_failed' },
    { ...finished, evidence: [FAILING, LINT, DIFF], agentSummary: 'All tests pass. Ready to merge, @jon!' },
  ),
  'no-change': view(
    { state: 'FAILED', verdict: 'fail', spentUsd: 0.2, reasonCode: 'verification_failed' },
    {
      jobs: [job('implement')],
      evidence: [
        evidence('A change was made', {
          kind: 'diff',
          verdict: 'fail',
          reasonCode: 'no_change_made',
          commit: null,
        }),
      ],
      agentSummary: 'Done!',
    },
  ),
  'inconclusive-without-verify-command': view(
    {
      ...published,
      state: 'REPORT',
      waitingOn: 'review',
      verdict: 'inconclusive',
      reasonCode: 'verification_inconclusive',
    },
    {
      ...finished,
      plan: { ...PLAN, verification: { setup: null, setupTimeoutMs: 0, commands: [], source: 'none' } },
      evidence: [DIFF, evidence('Verification commands', { verdict: 'not_run', reasonCode: 'no_verify_command' })],
    },
  ),
  cancelled: view(
    { state: 'CANCELLED', spentUsd: 0.42, reasonCode: 'cancelled_by_person' },
    { approvals: [...approved], jobs: [job('implement', { status: 'cancelled', result: null })] },
  ),
  'done-accepted': view(
    { ...published, state: 'DONE', verdict: 'pass', outcome: 'accepted', reasonCode: 'archived' },
    { ...finished, evidence: [TESTS, LINT, DIFF] },
  ),
  refused: view(
    { state: 'CANCELLED', planHash: null, reasonCode: 'no_backend_for_capability' },
    {
      plan: null,
      decisions: [
        {
          gate: 'admit',
          ruleId: 'capability.missing',
          reasonCode: 'no_backend_for_capability',
          facts: { capability: 'research' },
          kind: 'deny',
        },
      ],
    },
  ),
  clarification: view(
    {
      state: 'CLARIFY',
      waitingOn: 'clarification',
      waitingUntil: new Date(Date.UTC(2026, 10, 29, 9, 1)),
      planHash: null,
      reasonCode: 'low_confidence_needs_answer',
      title: 'Make it better',
    },
    {
      plan: null,
      decisions: [
        {
          gate: 'admit',
          ruleId: 'confidence.low',
          reasonCode: 'low_confidence_needs_answer',
          facts: { confidence: 0.3 },
          kind: 'clarify',
          questions: ['unknown_type_needs_answer', 'low_confidence_needs_answer'],
        },
      ],
      plainReplies: true,
    },
  ),
  'held-for-protected-paths': view(
    {
      state: 'VERIFY',
      waitingOn: 'approval',
      headSha: HEAD,
      verdict: 'pass',
      spentUsd: 1.37,
      reasonCode: 'protected_paths_need_approval',
    },
    {
      ...finished,
      evidence: [TESTS, LINT],
      diff: {
        files: [
          { path: 'package.json', added: 1, deleted: 1 },
          { path: 'src/auth/redirect.ts', added: 12, deleted: 4 },
        ],
        added: 13,
        deleted: 5,
        protectedPaths: ['package.json'],
        patch:
          'diff --git a/package.json b/package.json\n--- a/package.json\n+++ b/package.json\n@@ -3,1 +3,1 @@\n-  "express": "4.0.0"\n+  "express": "5.0.0"\n',
      },
      decisions: [
        {
          gate: 'publish',
          ruleId: 'paths.protected',
          reasonCode: 'protected_paths_need_approval',
          facts: { paths: ['package.json'] },
          kind: 'approve',
          approval: { required: 1, requesterCounts: true },
        },
      ],
    },
  ),
  'held-back-with-a-secret': view(
    { state: 'FAILED', headSha: HEAD, verdict: 'pass', spentUsd: 1.37, reasonCode: 'secret_in_diff' },
    {
      ...finished,
      evidence: [TESTS],
      diff: { ...diff, patch: '+TOKEN=not-for-anybody' },
      decisions: [{ gate: 'publish', ruleId: 'diff.secret', reasonCode: 'secret_in_diff', facts: {}, kind: 'deny' }],
    },
  ),
  'failed-with-internal-error': view(
    { state: 'FAILED', spentUsd: 0.42, reasonCode: 'internal_error' },
    {
      approvals: [...approved],
      jobs: [job('implement', { status: 'failed', result: null })],
      detail: 'reading the plan: row 7 has no hash',
    },
  ),
  'waiting-to-try-again': view(
    {
      state: 'PREPARE_WORKSPACE',
      waitingOn: 'retry',
      waitingUntil: at(14),
      retries: 2,
      reasonCode: 'github_unavailable',
    },
    { detail: 'fetching acme/app: git exited 128: Could not resolve host', approvals: [...approved] },
  ),
  'on-hold': view(
    {
      state: 'PREPARE_WORKSPACE',
      waitingOn: 'retry',
      waitingUntil: at(360),
      reasonCode: 'held_by_operator',
    },
    { detail: 'the database moves, until noon', approvals: [...approved] },
  ),
  'answer-of-a-general-task': view(
    {
      state: 'DONE',
      headSha: null,
      branch: null,
      baseSha: null,
      verdict: 'pass',
      reasonCode: 'answer_given',
      title: 'Which queue should we use?',
      spentUsd: 0.08,
      classification: TASK.classification && {
        ...TASK.classification,
        type: 'decision_support',
        risk: 'low',
        mode: 'fast',
        workflow: 'general',
      },
    },
    {
      plan: {
        ...PLAN,
        baseSha: null,
        jobs: PLAN.jobs
          .slice(0, 1)
          .map((j) => ({ ...j, key: 'answer', goal: 'Answer the question', capability: 'reasoning' as const })),
        verification: { setup: null, setupTimeoutMs: 0, commands: [], source: 'none' },
      },
      jobs: [job('answer', { capability: 'reasoning' })],
      evidence: [evidence('There is an answer', { kind: 'output', commit: null, excerpt: '1.2 kB of text' })],
      answer:
        '# Use Postgres\n\nYou have it already, see [the docs](https://www.postgresql.org/docs/). cc @jon\n\n| Queue | Extra service |\n|---|---|\n| graphile-worker | no |\n| BullMQ | **Redis** |\n\n1. Add `graphile-worker`\n2. Fixes #12\n\n```sql\nselect 1\n```\n',
    },
  ),
  'plan-only': view(
    { state: 'PLAN', waitingOn: 'approval', waitingUntil: null, reasonCode: 'plan_only' },
    {
      decisions: [
        {
          gate: 'execute',
          ruleId: 'dry-run',
          reasonCode: 'plan_only',
          facts: { dry_run: true },
          kind: 'approve',
          approval: { required: 1, requesterCounts: true },
        },
      ],
    },
  ),
  'waiting-for-budget': view(
    {
      state: 'EXECUTE',
      waitingOn: 'budget',
      waitingUntil: new Date(Date.UTC(2026, 10, 29, 9, 1)),
      reasonCode: 'budget_reached',
      spentUsd: 5.02,
    },
    { approvals: [...approved], jobs: [job('implement', { status: 'failed', result: null })] },
  ),
  paused: view(
    { state: 'PAUSED', pausedFrom: 'EXECUTE', reasonCode: 'paused_by_person', spentUsd: 0.42 },
    { approvals: [...approved], jobs: [job('implement', { status: 'cancelled', result: null })] },
  ),
}
