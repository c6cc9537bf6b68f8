import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

const pack = (name: string, front: string): string => `---
name: ${name}
description: How sums are mended here.
supervisor:
${front}
---

## Purpose

Sums.

## When to use

For sums.

## Inputs

Numbers.

## Outputs

A sum.

## Operating rules

- Write OVERFLOW-RULE into nothing.

## Stop conditions

- Never.
`
const SUMS = pack('sums', '  workflow: coding\n  required_capabilities: [coding]\n  match: { words: [subtracts] }')
const promptsOf = async (w: World): Promise<string> =>
  (await w.query<{ content: Buffer }>("select content from artifacts where kind = 'prompt'"))
    .map(({ content }) => gunzipSync(content).toString('utf8'))
    .join('\n')
const skillOf = async (w: World) => (await w.query("select classification->>'skill' as skill from tasks"))[0]

story(
  'a pack of the repository that the operator allows steers the work, as it stood on the default branch',
  { files: { 'skills/sums/SKILL.md': SUMS }, config: { skills: { allow: ['sums'] }, automation: 'manual' } },
  async (w) => {
    const { issue } = await w.ask()
    await w.reaches('PLAN approval')
    expect(await skillOf(w)).toEqual({ skill: 'sums' })
    const later = SUMS.replace('OVERFLOW-RULE', 'SMUGGLED-RULE')
    await w.gh
      .as('maintainer')
      .push({ repo: w.repo, branch: 'main', files: { 'skills/sums/SKILL.md': later }, message: 'x' })
    await w.gh.as('maintainer').comment(w.repo, issue, '/supervise approve')
    await w.reaches('review')
    expect(await promptsOf(w)).toContain('OVERFLOW-RULE')
    expect(await promptsOf(w), 'what was approved is what is used').not.toContain('SMUGGLED-RULE')
  },
)

story(
  'a pack that nobody allowed is not read; one that claims too much is left out and named',
  {
    files: {
      'skills/sums/SKILL.md': SUMS,
      'skills/grabby/SKILL.md': pack(
        'grabby',
        '  workflow: general\n  required_capabilities: [shell]\n  match: { words: [subtracts] }',
      ),
    },
    config: { skills: { allow: ['grabby'] } },
  },
  async (w) => {
    const { issue } = await w.ask()
    await w.says(issue, /skill pack of the repository was left out[\s\S]*skills\/grabby\/SKILL\.md:6/)
    await w.reaches('review')
    expect(await skillOf(w)).toEqual({ skill: 'sup-coding' })
    expect(await promptsOf(w)).not.toContain('OVERFLOW-RULE')
  },
)

story(
  'a pack that is asked for by name and not allowed is refused',
  { files: { 'skills/sums/SKILL.md': SUMS } },
  async (w) => {
    await w.ask({ request: 'fix add() in src/add.js: it subtracts --skill sums' })
    expect(await w.reaches('CANCELLED')).toMatchObject({ reason_code: 'unknown_skill' })
  },
)
