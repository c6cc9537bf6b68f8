import { describe, expect, test } from 'vitest'
import { renderSettingsCheck, type SettingsChange } from '../../src/report/settings-check.ts'
import { parseRepositorySettings } from '../../src/settings/parse.ts'
import { live, MENTION } from './oracle.ts'

const PATH = '.github/supervisor.yml'

function changeTo(text: string): SettingsChange {
  const parsed = parseRepositorySettings(text, PATH)
  return { path: PATH, ofOrganisation: false, isThere: true, problems: parsed.ok ? [] : parsed.problems }
}

describe('the check run of a settings file', () => {
  test('names each mistake at its line, with what is allowed', () => {
    const check = renderSettingsCheck(changeTo('automation: yolo\nlimits: { budget: 2 }\nbackends: {}\n'))
    expect(check).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      title: '3 mistakes in .github/supervisor.yml',
    })
    expect(check.annotations.map(({ path, line, title }) => [path, line, title])).toEqual(
      expect.arrayContaining([
        [PATH, 1, 'automation'],
        [PATH, 2, 'limits.budget'],
        [PATH, 3, 'backends'],
      ]),
    )
    expect(check.annotations.find(({ line }) => line === 1)?.message).toBe(
      'must be one of manual, cautious, balanced, full',
    )
    expect(check.summary).toContain('| 1 | `automation` | must be one of manual, cautious, balanced, full |')
    expect(check.summary).toMatch(/strictest policy would hold in this repository/)
  })

  test('says of the organisation’s file that it holds everywhere', () => {
    const change = { ...changeTo('merge: maybe\n'), ofOrganisation: true }
    expect(renderSettingsCheck(change).summary).toMatch(/in every repository of this owner/)
  })

  test.each([
    ['a file that is in order', changeTo('merge: never\n'), '.github/supervisor.yml is in order'],
    ['one that is taken out', { ...changeTo(''), isThere: false }, '.github/supervisor.yml is taken out'],
  ])('%s is a success', (_, change, title) => {
    expect(renderSettingsCheck(change)).toMatchObject({ conclusion: 'success', title, annotations: [] })
  })

  test('stays within GitHub’s limits and says nothing that GitHub would act on, whatever the file holds', () => {
    const key = (n: number) => `"@everyone ![x](http://evil.example/${n}) <b>#1</b> ${'x'.repeat(500)}${n}": 1`
    const hostile = Array.from({ length: 300 }, (_, n) => key(n)).join('\n')
    for (const text of [hostile, 'a: [', '@maria closes #1: {', `${'[\n'.repeat(100)}`, 'x'.repeat(70_000)]) {
      const check = renderSettingsCheck(changeTo(text))
      expect(check.conclusion).toBe('failure')
      expect(Buffer.byteLength(check.summary)).toBeLessThan(65_535)
      expect(check.annotations.length).toBeLessThanOrEqual(50)
      const { prose, links, images, tags } = live(check.summary)
      expect(prose).not.toMatch(MENTION)
      expect({ links, images, tags }).toEqual({ links: [], images: 0, tags: [] })
      for (const { title, message } of check.annotations) {
        expect(title.length).toBeLessThanOrEqual(255)
        expect(`${title} ${message}`).not.toMatch(/@[a-z]|\p{Cc}/u)
      }
    }
  })
})
