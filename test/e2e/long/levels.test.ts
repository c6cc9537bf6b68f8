import { expect } from 'vitest'
import { AUTOMATION_LEVELS, type Automation } from '../../../src/settings/settings.ts'
import { story } from '../../support/story.ts'
import type { World } from '../../support/world.ts'

/** One request of each workflow, of low risk but for the operation. */
const REQUESTS = {
  coding: 'fix add() in src/add.js: it subtracts, and test/add.test.js expects a sum.',
  research: 'compare add() with a library, and recommend one',
  writing: 'write a blog post about sums, in at most 100 words',
  ops: 'restart the production server',
  general: 'explain how add() is used',
} as const
type Workflow = keyof typeof REQUESTS

/** What a person is asked for on the way to the end (SPEC 4.2); a pull request always waits for its review. */
const ASKED: Readonly<Record<Automation, Readonly<Record<Workflow, readonly string[]>>>> = {
  manual: {
    coding: ['PLAN', 'REPORT'],
    research: ['PLAN', 'REPORT'],
    writing: ['PLAN', 'REPORT'],
    ops: ['PLAN', 'REPORT'],
    general: ['PLAN', 'REPORT'],
  },
  cautious: { coding: ['REPORT'], research: [], writing: [], ops: ['PLAN'], general: [] },
  balanced: { coding: ['REPORT'], research: [], writing: [], ops: ['PLAN'], general: [] },
  full: { coding: ['REPORT'], research: [], writing: [], ops: [], general: [] },
}

interface Resting {
  readonly state: string
  readonly waiting_on: string | null
  readonly workflow: string
  readonly reason_code: string
  readonly verdict: string | null
}

/** Takes one request to its end; another person says yes wherever one is asked. @returns the states that asked */
async function lived(w: World, workflow: Workflow): Promise<readonly string[]> {
  const { issue } = await w.ask({ title: `Task ${workflow}`, body: '', request: REQUESTS[workflow] })
  const asked: string[] = []
  for (;;) {
    const task = await w.until(`the end of ${workflow}, or a question other than ${asked}`, async () => {
      const [row] = await w.query<Resting & { [column: string]: unknown }>(
        'select state, waiting_on, workflow, reason_code, verdict from tasks where issue_number = $1',
        [issue],
      )
      if (row === undefined) return null
      if (row.state === 'FAILED' || row.state === 'CANCELLED') throw new Error(`${row.state}: ${row.reason_code}`)
      const isAsking = row.waiting_on === 'approval' || row.waiting_on === 'review'
      return row.state === 'DONE' || (isAsking && row.state !== asked.at(-1)) ? row : null
    })
    expect(task.workflow).toBe(workflow)
    if (task.state === 'DONE') {
      expect(task.verdict).toBe('pass')
      return asked
    }
    asked.push(task.state)
    await w.gh.as('reviewer').comment(w.repo, issue, '/supervise approve')
  }
}

for (const level of AUTOMATION_LEVELS)
  story(
    `at the level ${level} each of the five workflows asks for what it has to, and comes to its end`,
    {
      agent: 'all-rounder',
      capabilities: ['coding', 'research', 'document', 'shell', 'reasoning'],
      config: { automation: level },
      limitMs: 180_000,
    },
    async (w) => {
      const seen: Record<string, readonly string[]> = {}
      for (const workflow of Object.keys(REQUESTS) as Workflow[]) seen[workflow] = await lived(w, workflow)
      expect(seen).toEqual(ASKED[level])
      await w.settled()
      expect(await w.gh.view.pulls(w.repo), 'words change no file').toHaveLength(1)
    },
  )
