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
 * @param part every second one, where a way of living takes so long that its stories share two files
 */
export function eachStory(how: string, live: (story: Story) => Promise<string>, part?: 0 | 1): void {
  const only = process.env['STORY']
  const all = process.env['STORIES'] === 'all' || only !== undefined
  const names = readdirSync(DIR).flatMap((file) => (/^\d\d-.*\.md$/.test(file) ? [file.slice(0, -3)] : []))
  const chosen = names.filter((name) => (only === undefined ? all || FEW.includes(name) : new RegExp(only).test(name)))
  describe(how, () => {
    for (const name of part === undefined ? chosen : chosen.filter((_, i) => i % 2 === part)) {
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
