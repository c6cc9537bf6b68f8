import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseStory, type Story } from './parse.ts'

const DIR = join(import.meta.dirname, 'stories')
/** Taken through everything with each `npm test`; the others by `npm run test:stories`. */
const FEW = ['01-comment', '09-protected-path', '11-changes-requested']
const STORY_MS = 300_000

const isWritten = process.env['UPDATE_STORIES'] === '1'

/**
 * One test for each story: what GitHub shows is what its file says.
 * @param live gives the file as it has to be
 * @param pace `two_at_once` for a way of living that takes so long that the other ways would wait for it
 */
export function eachStory(
  how: string,
  live: (story: Story) => Promise<string>,
  pace: 'one_by_one' | 'two_at_once' = 'one_by_one',
): void {
  const only = process.env['STORY']
  const all = process.env['STORIES'] === 'all' || only !== undefined
  const names = readdirSync(DIR).flatMap((file) => (/^\d\d-.*\.md$/.test(file) ? [file.slice(0, -3)] : []))
  const chosen = names.filter((name) => (only === undefined ? all || FEW.includes(name) : new RegExp(only).test(name)))
  describe(how, { concurrent: pace === 'two_at_once' }, () => {
    for (const name of chosen) {
      test(
        name,
        async () => {
          const file = join(DIR, `${name}.md`)
          const story = parseStory(name, readFileSync(file, 'utf8'))
          const lived = await live(story)
          if (isWritten && how === 'as it is') writeFileSync(file, lived)
          else expect(lived).toBe(story.golden)
        },
        STORY_MS,
      )
    }
  })
}
