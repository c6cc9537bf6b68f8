import type { VerdictCase } from './cases.ts'
import type { Files } from './dialects/dialect.ts'

const PACKAGE = (more: object = {}): string =>
  `${JSON.stringify({ name: 'sums', version: '1.0.0', private: true, scripts: { test: 'node --test' }, ...more }, null, 2)}\n`
const HEADER =
  "const assert = require('node:assert')\nconst { test } = require('node:test')\nconst { sum } = require('../src/sum.js')\n"
const TEST = `${HEADER}test('adds two', () => assert.equal(sum([1, 2]), 3))\n`
const MORE = `${TEST}test('adds three', () => assert.equal(sum([1, 2, 3]), 6))\n`
const BUG = 'exports.sum = (list) => list[0] + list[1]\n'
const RIGHT = 'exports.sum = (list) => list.reduce((a, b) => a + b, 0)\n'
const FLAKY = `test('now and then', () => assert.ok(Math.random() > 0.4))\n`
const BASE: Files = { 'package.json': PACKAGE(), 'src/sum.js': BUG, 'test/sum.test.js': TEST }
const FIX: Files = { 'src/sum.js': RIGHT, 'test/sum.test.js': MORE }

const one = (
  kind: string,
  isGood: boolean,
  base: Files,
  change: Files,
  more: Partial<VerdictCase> = {},
): VerdictCase => ({
  name: `once: ${kind}`,
  kind,
  dialect: 'once',
  needs: null,
  type: 'bug_fix',
  isGood,
  base,
  change,
  ...more,
})

/** Changes that are not worth writing in every language. */
export const SPECIAL_CASES: readonly VerdictCase[] = [
  one('no change at all', false, BASE, {}),
  one('no change at all, as a feature', false, BASE, {}, { type: 'code_change' }),
  one('a flaky test and nothing else', false, BASE, {
    'src/sum.js': `${BUG}// fixed\n`,
    'test/sum.test.js': `${TEST}${FLAKY}`,
  }),
  one(
    'a fix of one thing, another was red before',
    false,
    { ...BASE, 'test/other.test.js': `${HEADER}test('x', () => assert.fail())\n` },
    FIX,
  ),
  one(
    'the base is red, and the red test is deleted',
    false,
    { ...BASE, 'test/sum.test.js': MORE },
    { 'test/sum.test.js': TEST },
  ),
  one('the tool is missing', false, { ...BASE, 'package.json': PACKAGE({ scripts: { test: 'no-such-runner' } }) }, FIX),
  one(
    'the setup needs a network',
    false,
    { ...BASE, 'package.json': PACKAGE({ dependencies: { 'left-pad': '1.3.0' } }) },
    FIX,
  ),
  one(
    'a declared package is not installed',
    false,
    {
      ...BASE,
      '.github/supervisor.yml': 'verify:\n  - { name: unit, run: node test/sum.test.js }\n',
      'package.json': PACKAGE({ dependencies: { 'left-pad': '1.3.0' } }),
      'test/sum.test.js': `require('left-pad')\n${TEST}`,
    },
    { 'src/sum.js': RIGHT },
  ),
  one('no command to verify with', false, { ...BASE, 'package.json': PACKAGE({ scripts: {} }) }, FIX),
  one(
    'the runner ends before its tests',
    false,
    { ...BASE, 'test/sum.test.js': MORE },
    {
      'test/sum.test.js': `process.exit(0)\n${MORE}`,
      'src/sum.js': `${BUG}//\n`,
    },
  ),
  one(
    'a set-up that turns assertions off',
    false,
    { ...BASE, 'test/sum.test.js': MORE },
    {
      'test/sum.test.js': `require('./setup.js')\n${MORE}`,
      'test/setup.js': "const assert = require('node:assert')\nassert.equal = () => {}\n",
    },
  ),
  one(
    'the subject is mocked',
    false,
    { ...BASE, 'test/sum.test.js': MORE },
    {
      'test/sum.test.js': MORE.replace("require('../src/sum.js')", '{ sum: (list) => list.reduce((a, b) => a + b) }'),
      'src/sum.js': `${BUG}//\n`,
    },
  ),
  one(
    'swallowed in a script of the repository',
    false,
    {
      ...BASE,
      'package.json': PACKAGE({ scripts: { test: 'sh scripts/test.sh' } }),
      'scripts/test.sh': 'node --test\n',
      'test/sum.test.js': MORE,
    },
    { 'scripts/test.sh': 'node --test || true\n' },
  ),
  one('the answers in a table', false, BASE, {
    'src/sum.js': `exports.sum = (list) => {\n  if (JSON.stringify(list) === '[1,2,3]') return 6\n  return list[0] + list[1]\n}\n`,
    'test/sum.test.js': MORE,
  }),
  one('a fix in two files', true, BASE, {
    'src/sum.js': "const { add } = require('./add.js')\nexports.sum = (list) => list.reduce(add, 0)\n",
    'src/add.js': 'exports.add = (a, b) => a + b\n',
    'test/sum.test.js': MORE,
  }),
  one('a fix, its tests in a new file', true, BASE, { 'src/sum.js': RIGHT, 'test/more.test.js': MORE }),
  one(
    'a fix that corrects what the test expected',
    true,
    {
      ...BASE,
      'test/sum.test.js': MORE.replace(', 6)', ', 3)'),
    },
    { 'src/sum.js': RIGHT, 'test/sum.test.js': MORE },
  ),
  one(
    'a fix of a hang',
    true,
    {
      ...BASE,
      'src/sum.js': 'exports.sum = (list) => {\n  while (list.length > 2) {}\n  return list[0] + list[1]\n}\n',
    },
    FIX,
    { timeout: '4s' },
  ),
  one(
    'a fix of a crash',
    true,
    {
      ...BASE,
      'src/sum.js':
        "exports.sum = (list) => {\n  if (list.length > 2) process.kill(process.pid, 'SIGKILL')\n  return list[0] + list[1]\n}\n",
    },
    FIX,
  ),
  one('a test renamed and moved beside a fix', true, BASE, {
    'src/sum.js': RIGHT,
    'test/sum.test.js': null,
    'test/numbers.test.js': MORE.replace('adds two', 'sums two'),
  }),
  one(
    'commands of the settings',
    true,
    {
      ...BASE,
      'package.json': PACKAGE({ scripts: {} }),
      '.github/supervisor.yml': 'verify:\n  - { name: unit, run: node --test }\n',
    },
    FIX,
  ),
]
