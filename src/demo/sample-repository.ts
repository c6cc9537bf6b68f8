/** A small npm package with a real bug: `node --test` fails on it. No dependencies, so that nothing is installed. */
export const sampleFiles: Readonly<Record<string, string>> = {
  'package.json': `{
  "name": "pager",
  "version": "1.2.0",
  "description": "Cuts lists into pages.",
  "private": true,
  "type": "module",
  "exports": "./src/pager.js",
  "scripts": {
    "test": "node --test"
  },
  "engines": {
    "node": ">=22"
  }
}
`,
  'README.md': `# pager

Cuts lists into pages.

\`\`\`js
import { pageCount, pageOf } from 'pager'

pageOf(['a', 'b', 'c'], { page: 1, size: 2 }) // ['a', 'b']
pageCount(['a', 'b', 'c'], 2) // 2
\`\`\`

Pages are counted from 1. Run the tests with \`node --test\`.
`,
  'src/pager.js': `/** The items of one page; pages are counted from 1. */
export function pageOf(items, { page, size }) {
  checkPositive('page', page)
  checkPositive('size', size)
  const start = page * size
  return items.slice(start, start + size)
}

/** How many pages a list has; an empty list has none. */
export function pageCount(items, size) {
  checkPositive('size', size)
  return Math.ceil(items.length / size)
}

function checkPositive(name, value) {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(\`\${name} must be a whole number from 1\`)
}
`,
  'test/page-of.test.js': `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageOf } from '../src/pager.js'

const letters = ['a', 'b', 'c', 'd', 'e']

test('the first page starts with the first item', () => {
  assert.deepEqual(pageOf(letters, { page: 1, size: 2 }), ['a', 'b'])
})

test('there is no page 0', () => {
  assert.throws(() => pageOf(letters, { page: 0, size: 2 }), RangeError)
})
`,
  'test/page-count.test.js': `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageCount } from '../src/pager.js'

test('a page that is not full counts', () => {
  assert.equal(pageCount(['a', 'b', 'c'], 2), 2)
})

test('an empty list has no pages', () => {
  assert.equal(pageCount([], 2), 0)
})
`,
  '.github/supervisor.yml': `# What must pass on every change that the supervisor makes here.
verify:
  - { name: tests, run: node --test, timeout: 1m, required: true }
`,
}

export const sampleIssue = {
  title: 'pageOf() skips the first page',
  body: `\`pageOf(['a', 'b', 'c'], { page: 1, size: 2 })\` gives \`['c']\`. The README says that pages are counted from 1, so
it should give \`['a', 'b']\`.

The bug is in \`src/pager.js\`; \`node --test\` shows it. Please fix it and add a test for the last page, too.
`,
} as const
