import { describe, expect, it } from 'vitest'
import { judge } from '../../src/verify/judge.ts'
import { changedCommands } from '../../src/verify/tamper/rules/commands.ts'
import { tamperEvidence } from '../../src/verify/tamper/tamper-evidence.ts'

const BASE = { test: 'npm run unit && node check.js', unit: 'node --test', build: 'tsc' }

async function compare(base: Record<string, string>, head: Record<string, string>, run = 'npm test') {
  const findings = await changedCommands({
    commands: [{ name: 'Tests', run, timeoutMs: 1, required: true }],
    readBase: async (path) => base[path] ?? null,
    readHead: async (path) => head[path] ?? null,
  })
  return tamperEvidence(findings, 'c0ffee')
}
const scripts = (all: Record<string, string>) => ({ 'package.json': JSON.stringify({ scripts: all }) })

describe('verification commands that the change itself rewrites', () => {
  it.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
    ['a test script that only exits', scripts(BASE), scripts({ ...BASE, test: 'exit 0' }), /script test: .*exit 0/],
    ['one that it calls', scripts(BASE), scripts({ ...BASE, unit: 'true' }), /script unit: .*node --test.* → "true"/],
    ['one that is gone', scripts(BASE), scripts({ test: BASE.test }), /script unit: .* → \(none\)/],
    ['a hook before it', scripts(BASE), scripts({ ...BASE, pretest: 'rm -r test' }), /script pretest: \(none\) → /],
    ['a manifest that is gone', scripts(BASE), {}, /script test/],
    [
      'a manifest that hides the key',
      scripts(BASE),
      { 'package.json': `{"scripts":{"\\u0074est":"exit 0"}}` },
      /exit 0/,
    ],
    ['another shell for npm', scripts(BASE), { ...scripts(BASE), '.npmrc': 'script-shell=/bin/true' }, /\.npmrc/],
  ])('%s is listed and never green', async (_name, base, head, words) => {
    const [one, ...rest] = await compare(base, head)
    expect(rest).toEqual([])
    expect(one).toMatchObject({ required: true, verdict: 'inconclusive', reasonCode: 'verification_changed' })
    expect(one?.excerpt).toMatch(words)
    expect(one === undefined ? null : judge([one, { ...one, kind: 'tests', verdict: 'pass' }]).verdict).toBe(
      'inconclusive',
    )
  })

  it.each<[string, Record<string, string>]>([
    ['nothing', scripts(BASE)],
    ['a script that the tests do not reach', scripts({ ...BASE, build: 'tsc -b' })],
    ['a new script', scripts({ ...BASE, lint: 'eslint .' })],
    ['dependencies only', { 'package.json': JSON.stringify({ scripts: BASE, dependencies: { a: '1' } }) }],
  ])('changing %s is no matter', async (_name, head) => {
    expect(await compare(scripts(BASE), head)).toEqual([])
  })

  it('holds for make, and goes round in circles only once', async () => {
    expect(await compare({ Makefile: 'test:\n\t./t\n' }, { Makefile: 'test:\n\ttrue\n' }, 'make test')).toHaveLength(1)
    const loop = scripts({ test: 'npm run again', again: 'npm test' })
    expect(await compare(loop, loop)).toEqual([])
  })
})
