import { expect, test } from 'vitest'
import { headerEvidence, secretEvidence } from '../../src/verify/patch-facts.ts'
import type { DiffFacts } from '../../src/workspace/diff.ts'

const file = (path: string, over: Partial<DiffFacts['files'][number]> = {}): DiffFacts['files'][number] => ({
  path,
  oldPath: null,
  status: 'added',
  added: 1,
  deleted: 0,
  binary: false,
  ...over,
})
const diffOf = (patch: string, files: DiffFacts['files'] = []): DiffFacts => ({
  files,
  added: 1,
  deleted: 0,
  bytes: patch.length,
  patch,
  patchTruncated: false,
})
const RULES = [{ paths: ['src/**/*.ts'], text: 'SPDX-License-Identifier: MIT' }]
const MIT = '#!/usr/bin/env node\n// SPDX-License-Identifier: MIT\n'

test('a secret keeps everything from being green, and is not shown', () => {
  const key = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ')
  const patch = `diff --git a/a.txt b/a.txt\n--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+fine\ndiff --git a/k.pem b/k.pem\n--- /dev/null\n+++ b/k.pem\n@@ -0,0 +1 @@\n+${key}\n`
  expect(secretEvidence(diffOf(patch), 'c0ffee')).toMatchObject([
    { required: true, verdict: 'inconclusive', reasonCode: 'secret_in_diff', excerpt: 'k.pem: private-key' },
  ])
  expect(secretEvidence(diffOf('+fine\n'), 'c0ffee')).toEqual([])
})

test.each([
  ['each new file has it', [file('src/a.ts')], MIT, 'pass', ''],
  ['a new file lacks it', [file('src/a.ts')], '', 'fail', 'src/a.ts: SPDX-License-Identifier: MIT'],
  [
    'it stands too far down',
    [file('src/a.ts')],
    `${'\n'.repeat(40)}${MIT}`,
    'fail',
    'src/a.ts: SPDX-License-Identifier: MIT',
  ],
  ['only older files lack it', [file('src/a.ts', { status: 'modified' }), file('docs/a.md')], '', 'pass', ''],
] as const)('%s', async (_, files, text, verdict, excerpt) => {
  const rows = await headerEvidence(diffOf('', files), RULES, async () => text, 'c0ffee')
  expect(rows).toMatchObject([
    { required: true, verdict, excerpt, reasonCode: verdict === 'pass' ? null : 'header_missing' },
  ])
})

test('without a rule nothing is said of headers', async () => {
  expect(await headerEvidence(diffOf('', [file('src/a.ts')]), [], async () => '', 'c0ffee')).toEqual([])
})
