import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { packageRoot } from '../../src/package-root.ts'

const ROOT = packageRoot(import.meta.dirname)
const WORKFLOW = z.object({
  on: z.unknown(),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      steps: z.array(
        z.looseObject({
          uses: z.string(),
          with: z.record(z.string(), z.string().or(z.number()).or(z.boolean())).optional(),
        }),
      ),
    }),
  ),
})
const OURS = /^OWNER\/autopilot-supervisor\/(\.github\/actions\/[a-z]+)@SHA$/

const page = await readFile(join(ROOT, 'docs', 'github-actions.md'), 'utf8')
const workflows = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => WORKFLOW.parse(parse(text)))

test('the workflows to copy name actions of this repository, and give them what they take', async () => {
  const steps = workflows.flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps))
  const ours = steps.flatMap((step) =>
    OURS.test(step.uses) ? [{ ...step, dir: OURS.exec(step.uses)?.[1] ?? '' }] : [],
  )
  expect(ours.map(({ dir }) => dir)).toEqual([
    '.github/actions/verify',
    '.github/actions/publish',
    '.github/actions/supervise',
  ])
  for (const { dir, with: given = {} } of ours) {
    const action = parse(await readFile(join(ROOT, dir, 'action.yml'), 'utf8'))
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given)))
    for (const [name, { required }] of Object.entries<{ required?: boolean }>(action.inputs))
      if (required === true) expect(Object.keys(given), dir).toContain(name)
  }
})

test('what runs for a stranger may read only, and what may write runs nothing of the stranger', () => {
  const [verify, publish] = workflows
  expect(verify?.on).toBe('pull_request')
  expect(verify?.permissions).toEqual({ contents: 'read' })
  expect(publish?.permissions).toEqual({ actions: 'read', checks: 'write', 'pull-requests': 'read' })
  const steps = Object.values(publish?.jobs ?? {}).flatMap((job) => job.steps)
  expect(steps.some(({ uses }) => uses.startsWith('actions/checkout'))).toBe(false)
  expect(page).not.toMatch(/\n\s*concurrency:/)
})
