import type { PlanInput } from '../../src/plan/make-plan.ts'
import type { Skill } from '../../src/plan/skills.ts'
import { parseSkill } from '../../src/plan/skills.ts'
import type { VerificationPlan } from '../../src/task/plan.ts'
import type { Snapshot } from '../../src/task/snapshot.ts'
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

export const NPM_TEST: VerificationPlan = {
  setup: 'npm ci',
  setupTimeoutMs: 300_000,
  commands: [{ name: 'tests', run: 'npm test', timeoutMs: 600_000, required: true }],
  source: 'repository',
}

export const planInput = (more: Partial<PlanInput> = {}): PlanInput => ({
  taskId: '01JDTASK',
  classification: classification(),
  settings: {
    limits: { budgetUsd: 5, timeMs: 1_800_000, files: 100, bytes: 1_000_000, repairs: 2, followUps: 3, parallel: 2 },
  },
  skill: null,
  flags: {},
  budgetUsd: 5,
  baseBranch: 'main',
  baseSha: 'a'.repeat(40),
  verification: NPM_TEST,
  wanted: '',
  revision: 0,
  changeRequest: null,
  ...more,
})

export const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  title: 'add() subtracts',
  body: 'add(2, 3) gives -1.',
  request: 'fix add() in src/add.js: it subtracts',
  comments: [],
  location: null,
  hiddenRemoved: 0,
  commentsLeftOut: 0,
  labels: [],
  ...more,
})

export const SKILL_TEXT = `---
name: house-style
description: How we do it here
supervisor:
  workflow: coding
  required_capabilities: [coding]
  match:
    types: [bug_fix, code_change]
    words: [prisma]
    paths: ["db/**"]
  verify:
    - npm run check
---

# House style

## Purpose

Keep the style.

## When to use

Always.

## Inputs

The code.

## Outputs

A small change.

## Operating rules

- Two spaces.
- No tabs.

## Stop conditions

- The linter is missing.
`

export function skill(text: string = SKILL_TEXT): Skill {
  const parsed = parseSkill(text, 'skills/house-style/SKILL.md')
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.message}`)
  return parsed.skill
}
