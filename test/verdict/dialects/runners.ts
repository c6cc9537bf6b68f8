import type { Runner } from './javascript.ts'

const names = '{ last, slug, total }'
const product = (shape: 'esm' | 'cjs' | 'ts', up = '..') =>
  shape === 'cjs'
    ? `const ${names} = require('${up}/src/text.js')`
    : `import ${names} from '${up}/src/text.${shape === 'ts' ? 'ts' : 'js'}'`
const dotted = (name: string, mode: string | undefined) => (mode === undefined ? name : `${name}.${mode}`)

export const nodeTest: Runner = {
  name: 'node:test',
  header: (shape) =>
    shape === 'cjs'
      ? `const assert = require('node:assert/strict')\nconst { test } = require('node:test')\n${product(shape)}`
      : `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\n${product(shape)}`,
  open: (title, mode) => `\n${dotted('test', mode)}('${title}', () => {`,
  close: '})',
  exact: (actual, expected) => `assert.equal(${actual}, ${expected})`,
  loose: (actual) => `assert.ok(${actual})`,
  script: 'node --test',
  testFile: (extension) => `test/text.test.${extension}`,
  hidden: [],
}

export const vitest: Runner = {
  name: 'vitest',
  header: (shape) => `import { expect, it } from 'vitest'\n${product(shape)}`,
  open: (title, mode) => `\n${dotted('it', mode)}('${title}', () => {`,
  close: '})',
  exact: (actual, expected) => `expect(${actual}).toBe(${expected})`,
  loose: (actual) => `expect(${actual}).toBeDefined()`,
  script: 'vitest run',
  testFile: (extension) => `test/text.test.${extension}`,
  hidden: [
    {
      how: 'a configuration leaves the tests out',
      files: { 'vitest.config.js': `export default { test: { exclude: ['test/**'], passWithNoTests: true } }\n` },
    },
  ],
  dependencies: { vitest: '*' },
}

/** A runner of the repository's own: a program that prints TAP, as many small packages have it. */
export const plainTap: Runner = {
  name: 'a program that prints TAP',
  header: (shape) =>
    `${shape === 'cjs' ? `const assert = require('node:assert')` : `import assert from 'node:assert'`}\n${product(shape)}
let count = 0
let failed = 0
console.log('TAP version 13')
function test(title, body) {
  console.log('# ' + title)
  count += 1
  try {
    body()
    console.log('ok ' + count)
  } catch (error) {
    failed += 1
    console.log('not ok ' + count + ' ' + error.message.split('\\n')[0])
  }
}
test.skip = (title) => console.log('ok ' + ++count + ' ' + title + ' # SKIP')
test.only = test`,
  footer: `
console.log('1..' + count)
console.log('# tests ' + count)
console.log('# pass ' + (count - failed))
console.log('# fail ' + failed)
process.exitCode = failed === 0 ? 0 : 1
`,
  open: (title, mode) => `\n${dotted('test', mode)}('${title}', () => {`,
  close: '})',
  exact: (actual, expected) => `assert.strictEqual(${actual}, ${expected})`,
  loose: (actual) => `assert.ok(${actual})`,
  script: 'node test/text.js',
  testFile: (extension) => `test/text.${extension}`,
  hidden: [],
}

/** No runner at all: assertions one after the other, and the exit code. */
export const script: Runner = {
  ...plainTap,
  name: 'a script of assertions',
  header: (shape) =>
    `${shape === 'cjs' ? `const assert = require('node:assert')` : `import assert from 'node:assert'`}\n${product(shape)}
function test(title, body) {
  body()
}
test.skip = () => {}
test.only = test`,
  footer: '',
}

// What the runners below need is not among our dependencies: they are tried where somebody has installed them.

export const mocha: Runner = {
  name: 'mocha',
  header: (shape) =>
    shape === 'cjs'
      ? `const assert = require('node:assert')\n${product(shape)}`
      : `import assert from 'node:assert'\n${product(shape)}`,
  open: (title, mode) => `\ndescribe('text', () => { ${dotted('it', mode)}('${title}', () => {`,
  close: '}) })',
  exact: (actual, expected) => `assert.strictEqual(${actual}, ${expected})`,
  loose: (actual) => `assert.ok(${actual})`,
  script: 'mocha',
  testFile: (extension) => `test/text.${extension}`,
  hidden: [
    { how: 'mocha is told to look elsewhere', files: { '.mocharc.json': '{ "spec": ["test/none/*.js"] }\n' } },
    { how: 'mocha is told to run what it finds by name', files: { '.mocharc.json': '{ "grep": "sum" }\n' } },
  ],
  dependencies: { mocha: '*' },
}

export const mochaDot: Runner = { ...mocha, name: 'mocha, dots', script: 'mocha -R dot' }

export const tape: Runner = {
  name: 'tape',
  header: (shape) =>
    shape === 'cjs' ? `const test = require('tape')\n${product(shape)}` : `import test from 'tape'\n${product(shape)}`,
  open: (title, mode) => `\n${dotted('test', mode)}('${title}', (t) => {`,
  close: '  t.end()\n})',
  exact: (actual, expected) => `t.equal(${actual}, ${expected})`,
  loose: (actual) => `t.ok(${actual})`,
  script: 'tape "test/*.js"',
  testFile: (extension) => `test/text.${extension}`,
  hidden: [],
  dependencies: { tape: '*' },
}

export const tap: Runner = {
  ...tape,
  name: 'tap',
  header: (shape) =>
    shape === 'cjs' ? `const t = require('tap')\n${product(shape)}` : `import t from 'tap'\n${product(shape)}`,
  open: (title, mode) => `\nt.test('${title}', ${mode === undefined ? '' : `{ ${mode}: true }, `}(t) => {`,
  script: 'tap --allow-incomplete-coverage',
  dependencies: { tap: '*' },
  hidden: [
    {
      how: 'tap is told to leave the tests out',
      files: { '.taprc': 'exclude:\n  - test/**\nallow-empty-coverage: true\n' },
    },
  ],
}

export const ava: Runner = {
  name: 'ava',
  header: (shape) =>
    shape === 'cjs' ? `const test = require('ava')\n${product(shape)}` : `import test from 'ava'\n${product(shape)}`,
  open: (title, mode) => `\n${dotted('test', mode)}('${title}', (t) => {`,
  close: '})',
  exact: (actual, expected) => `t.is(${actual}, ${expected})`,
  loose: (actual) => `t.truthy(${actual})`,
  script: 'ava',
  testFile: (extension) => `test/text.${extension}`,
  hidden: [],
  dependencies: { ava: '*' },
}

export const uvu: Runner = {
  name: 'uvu',
  header: (shape) =>
    shape === 'cjs'
      ? `const { test } = require('uvu')\nconst assert = require('uvu/assert')\n${product(shape)}`
      : `import { test } from 'uvu'\nimport * as assert from 'uvu/assert'\n${product(shape)}`,
  footer: '\ntest.run()\n',
  open: (title, mode) => `\n${dotted('test', mode)}('${title}', () => {`,
  close: '})',
  exact: (actual, expected) => `assert.is(${actual}, ${expected})`,
  loose: (actual) => `assert.ok(${actual})`,
  script: 'uvu test',
  testFile: (extension) => `test/text.${extension}`,
  hidden: [],
  dependencies: { uvu: '*' },
}

export const jest: Runner = {
  ...vitest,
  name: 'jest',
  header: (shape) => product(shape),
  script: 'jest',
  hidden: [
    {
      how: 'jest is told to leave the tests out',
      files: { 'jest.config.json': '{ "testPathIgnorePatterns": ["test"] }\n' },
    },
  ],
  dependencies: { jest: '*' },
}
