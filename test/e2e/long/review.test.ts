import { expect } from 'vitest'
import { expectSingle } from '../../support/single.ts'
import { story } from '../../support/story.ts'
import type { World, WorldOptions } from '../../support/world.ts'

const REQUEST = 'fix add() in src/add.js: it subtracts, and test/add.test.js expects a sum. --mode rigorous'
const MEND = `sed -i 's/a - b/a + b/' src/add.js`
/** Writes the changelog when somebody says that it is missing. */
const FIXER = `prompt=$(cat); ${MEND}; case "$prompt" in *'CHANGES.txt is missing'*) echo '- add() adds' >CHANGES.txt ;; esac; echo Mended.`
const verdict = (text: string): string =>
  `echo '{"verdict": "${text === '' ? 'pass' : 'changes_wanted'}", "findings": [${text === '' ? '' : `{"file": "src/add.js", "line": 1, "severity": "blocking", "text": "${text}"}`}]}'`

const script = (text: string, capabilities: readonly string[]) => ({
  type: 'script',
  command: ['/bin/sh', '-c', text],
  capabilities,
})
/** The agent that makes the change could review as well; `other` is another one. */
function worldOf(fixer: string, other: string | null): WorldOptions {
  const backends = {
    fixer: script(fixer, ['coding', 'review']),
    ...(other === null ? {} : { other: script(other, ['review']) }),
  }
  return { config: { backends, prefer: { coding: ['fixer'] } } }
}
const reviewsIn = (w: World) =>
  w.query(`select round, backend, status from jobs where type = 'reviewer' order by round`)
const evidenceOf = (w: World) =>
  w.query(`select verdict, required, excerpt, commit from evidence where kind = 'review' order by round desc limit 1`)

story(
  'another agent than the one that made the change wants something; it goes back once, and is looked at again',
  worldOf(
    FIXER,
    `cat >/dev/null; echo tampered >src/add.js; if [ -e CHANGES.txt ]; then ${verdict('')}; else ${verdict('CHANGES.txt is missing')}; fi`,
  ),
  async (w) => {
    const { issue } = await w.ask({ request: REQUEST })
    const { head_sha } = await w.reaches('review', 80_000)
    expect(await reviewsIn(w)).toEqual([
      { round: 0, backend: 'other', status: 'succeeded' },
      { round: 1, backend: 'other', status: 'succeeded' },
    ])
    expect(await w.query('select repairs, review_rounds from tasks')).toEqual([{ repairs: 0, review_rounds: 1 }])
    expect(await evidenceOf(w)).toMatchObject([{ verdict: 'pass', required: false, commit: head_sha }])
    expect(await w.says(issue, /Review by a second agent/)).toMatch(/Review by a second agent.*other: found nothing/)
    const pull = await w.pull()
    expect(await w.gh.view.show(w.repo, pull.head.sha, 'CHANGES.txt')).toContain('add() adds')
    expect(await w.gh.view.show(w.repo, pull.head.sha, 'src/add.js'), 'a reviewer changes nothing').toContain('a + b')
    await expectSingle(w, issue)
  },
)

story(
  'a reviewer that is never content: the rounds are limited, what it says is shown, and what counts is what ran',
  worldOf(
    `cat >>asked.txt; ${MEND}; echo Mended.`,
    `cat >/dev/null; ${verdict('I would have written it in another language')}`,
  ),
  async (w) => {
    const { issue } = await w.ask({ request: REQUEST })
    await w.reaches('review', 80_000)
    expect(await reviewsIn(w)).toHaveLength(3)
    expect(await evidenceOf(w)).toMatchObject([{ verdict: 'fail', required: false }])
    expect(await w.says(issue, /### ✔ Verified/)).toMatch(/in another language/)
  },
)

story(
  'a reviewer that praises a wrong change makes nothing green; with nobody else, the same backend reviews anew',
  worldOf(
    `case "$(cat)" in *'You review a change'*) ${verdict('')} ;; *) sed -i 's/a - b/a * b/' src/add.js ;; esac`,
    null,
  ),
  async (w) => {
    const { issue } = await w.ask({ request: REQUEST })
    await w.reaches('FAILED', 80_000)
    expect((await reviewsIn(w)).map((row) => row['backend'])).toContain('fixer')
    await w.says(issue, /### ✖ Not verified/)
    expect(w.wasEverGreen()).toBe(false)
  },
)

story(
  'a reviewer whose words are no review is asked once more, then it is said that nobody has reviewed',
  worldOf(FIXER, `cat >/dev/null; echo 'Looks good to me!'`),
  async (w) => {
    const { issue } = await w.ask({ request: REQUEST })
    await w.reaches('review', 80_000)
    expect(await w.query(`select attempts, status from jobs where type = 'reviewer'`)).toEqual([
      { attempts: 2, status: 'failed' },
    ])
    expect(await evidenceOf(w)).toMatchObject([{ verdict: 'not_run' }])
    await w.says(issue, /The review by a second agent came to nothing/)
  },
)
