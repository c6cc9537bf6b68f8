import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gitHubHtml } from '../pictures/github-html.ts'
import { FOLDER, madeFrom } from '../pictures/made-from.ts'
import { SCENE_NAMES } from '../pictures/scenes.ts'

test('the pictures show the words that people get today', () => {
  const told: unknown = JSON.parse(readFileSync(join(FOLDER, 'made-from.json'), 'utf8'))
  expect(told, 'the words have changed: `npm run pictures` draws them anew (it needs Chromium); look at them').toEqual(
    madeFrom(),
  )
  expect(readdirSync(FOLDER).toSorted()).toEqual(
    ['made-from.json', ...SCENE_NAMES.map((name) => `${name}.png`)].toSorted(),
  )
})

test('the pictures are small, and the README shows none that is not there', () => {
  for (const name of SCENE_NAMES) expect(statSync(join(FOLDER, `${name}.png`)).size, name).toBeLessThan(150_000)
  const readme = readFileSync(join(FOLDER, '../../README.md'), 'utf8')
  const shown = [...readme.matchAll(/docs\/pictures\/([\w-]+)\.png/g)].map(([, name]) => name)
  expect(shown.length).toBeGreaterThan(0)
  expect(SCENE_NAMES).toEqual(expect.arrayContaining(shown))
})

test('they are drawn with what GitHub leaves of HTML, and nothing else', () => {
  const html = gitHubHtml(
    'a\nb <script>x()</script> <b onclick="x()">c</b>\n\n<details open><summary>s</summary>\n\n<!-- m -->\n</details>',
  )
  expect(html).toContain('a<br>\nb &lt;script>')
  expect(html).toContain('<b>c</b>')
  expect(html).toContain('<details open><summary>s</summary>')
  expect(html).not.toMatch(/onclick|<!--/)
})
