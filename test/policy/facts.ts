import type { PolicyFacts } from '../../src/policy/facts.ts'
import type { Plan } from '../../src/task/plan.ts'
import type { Classification } from '../../src/task/task.ts'

export const classification = (more: Partial<Classification> = {}): Classification => ({
  type: 'bug_fix',
  risk: 'low',
  complexity: 'small',
  mode: 'standard',
  workflow: 'coding',
  capabilities: ['coding'],
  confidence: 0.9,
  signals: [],
  skill: null,
  ...more,
})

/** A plain fault in a private repository that nothing speaks against. */
export const facts = (more: Partial<PolicyFacts> = {}): PolicyFacts => ({
  classification: classification(),
  repositoryPrivate: true,
  isFork: false,
  automation: 'cautious',
  settingsBroken: false,
  organisationSettingsBroken: false,
  organisationSettingsLost: false,
  capabilitiesAvailable: ['coding'],
  requestedBackend: null,
  backendKnown: true,
  requestedSkill: null,
  skillKnown: true,
  budgetUsd: 5,
  budgetCapUsd: 20,
  approvals: { required: 1, requesterCounts: true },
  requester: 'maria',
  actorRules: [],
  plan: null,
  diff: null,
  protectedPaths: [],
  limits: { files: 100, bytes: 1_000_000 },
  isCode: true,
  textChanged: false,
  rounds: 0,
  verdict: null,
  dryRun: false,
  ...more,
})

export const diff = (more: Partial<NonNullable<PolicyFacts['diff']>> = {}): NonNullable<PolicyFacts['diff']> => ({
  files: ['src/add.js', 'test/add.test.js'],
  bytes: 500,
  secretFound: false,
  tampering: [],
  risk: 'low',
  ...more,
})

export const planWith = (paths: readonly string[]): Plan => ({
  version: 1,
  taskId: '01JD',
  type: 'bug_fix',
  risk: 'low',
  mode: 'standard',
  workflow: 'coding',
  skill: null,
  baseBranch: 'main',
  baseSha: 'a'.repeat(40),
  revision: 0,
  changeRequest: null,
  jobs: [],
  criteria: [],
  verification: { setup: null, setupTimeoutMs: 0, commands: [], source: 'none' },
  grant: { tools: [], paths, network: [], environment: [], timeMs: 1, tokens: null, budgetUsd: 5 },
})
