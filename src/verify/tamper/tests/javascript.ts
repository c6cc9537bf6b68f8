import { parse } from '@babel/parser'
import { type AssertionsOf, assertionsIn } from './javascript-assertions.ts'
import { calleePath, functionIn, isNode, literal, type Node, nodesIn, rootOf, textOf } from './syntax.ts'
import type { TestCase, TestFile } from './test-case.ts'

const MAX_CHARS = 1_000_000

/**
 * The tests of a JavaScript or TypeScript file; null where it cannot be parsed. Known by shape: a call of a test
 * function with a title and a function. Test functions are the usual globals, whatever is imported from a test runner,
 * and what is made from those (`const math = suite('math')`).
 */
export function readJavaScriptTests(source: string, path: string): TestFile | null {
  const program = parseJavaScript(source, path)
  if (program === null) return null
  const functions = testFunctions(program)
  const cases: TestCase[] = []
  const visit = (node: Node, outer: { suites: readonly string[]; isSkipped: boolean; isFocused: boolean }) => {
    const call = readCall(node, source, functions)
    if (call === null) {
      for (const child of nodesIn(node)) visit(child, outer)
      return
    }
    const isSkipped = outer.isSkipped || call.isSkipped
    const isFocused = outer.isFocused || call.isFocused
    const suites = [...outer.suites, call.title]
    const inner = call.body === null ? [] : testsIn(call.body, source, functions)
    if (inner.length > 0 && call.body !== null) {
      for (const child of nodesIn(call.body)) visit(child, { suites, isSkipped, isFocused })
      if (call.isSuite) return
    }
    if (call.isSuite && inner.length === 0) return
    const found = call.body === null ? NOTHING : assertionsIn(call.body, source, (child) => inner.includes(child))
    cases.push({
      name: suites.join(' › '),
      line: node.loc?.start.line ?? 0,
      isSkipped: isSkipped || call.body === null || found.skips,
      isFocused,
      assertions: found.assertions,
      otherStatements: found.otherStatements,
      body: call.body === null ? '' : textOf(call.body, source),
    })
  }
  visit(program, { suites: [], isSkipped: false, isFocused: false })
  return { cases, literals: literalsIn(program) }
}

const NOTHING: AssertionsOf = { assertions: [], otherStatements: 0, skips: false }

/** Errors in the syntax are passed over where the parser can; the tests of a file that it gives up on are not known. */
export function parseJavaScript(source: string, path: string): Node | null {
  if (source.length > MAX_CHARS) return null
  const isTypeScript = /\.[cm]?tsx?$/.test(path)
  const hasJsx = !/\.[cm]?ts$/.test(path)
  try {
    const file: unknown = parse(source, {
      sourceType: 'unambiguous',
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      allowImportExportEverywhere: true,
      plugins: [
        ...(isTypeScript ? (['typescript'] as const) : []),
        ...(hasJsx ? (['jsx'] as const) : []),
        'decorators',
      ],
    }).program
    return isNode(file) ? file : null
  } catch {
    return null
  }
}

const GLOBALS = [
  'test',
  'it',
  'specify',
  'describe',
  'context',
  'suite',
  'xit',
  'xtest',
  'xdescribe',
  'fit',
  'fdescribe',
]
const RUNNERS =
  /^(?:node:test|tape|tap|ava|uvu|vitest|mocha|zora|brittle|baretest|lab|bun:test|@jest\/globals|@std\/testing\/bdd|test|tapzero|@japa\/runner|blue-tape|tape-catch|tape-promise(?:\/tape)?|@playwright\/test|tapable-test|riteway|supertape|@hapi\/lab|qunit|jasmine|poku)$/
const SUITES = /^(?:x|f)?(?:describe|context|suite)$/

/** Names that stand for test functions in this file. */
function testFunctions(program: Node): Set<string> {
  const names = new Set(GLOBALS)
  const declared: [string, Node][] = []
  const collect = (node: Node) => {
    if (node.type === 'ImportDeclaration' && RUNNERS.test(String(literal(node['source'])))) {
      for (const local of nodesIn(node)) if (isNode(local['local'])) names.add(String(local['local']['name']))
    }
    if (node.type === 'VariableDeclarator' && isNode(node['id']) && isNode(node['init'])) {
      if (node['id'].type === 'Identifier') declared.push([String(node['id']['name']), node['init']])
      else if (requires(node['init'])) {
        for (const one of nodesIn(node['id'])) if (isNode(one['value'])) names.add(String(one['value']['name']))
      }
    }
    for (const child of nodesIn(node)) collect(child)
  }
  collect(program)
  // What is made from a test function is one; twice, for what is made from that.
  for (const _ of [1, 2]) {
    for (const [name, init] of declared) {
      const root = rootOf(init)
      const isMade = init.type === 'CallExpression' && root !== null && names.has(root) && functionIn(init) === null
      if (requires(init) || isMade || (init.type === 'MemberExpression' && root !== null && names.has(root)))
        names.add(name)
    }
  }
  for (const name of ['assert', 'expect', 'vi', 'jest', 'mock', 'should', 'sinon', 'beforeEach', 'afterEach'])
    names.delete(name)
  return names
}

/** `require('tape')`, and what is taken or made from it: `require('tap').test`, `require('tape-catch')(…)`. */
function requires(node: Node): boolean {
  for (let at: unknown = node; isNode(at); ) {
    if (at.type === 'CallExpression' && isNode(at['callee']) && at['callee']['name'] === 'require') {
      const [name] = Array.isArray(at['arguments']) ? at['arguments'] : []
      return RUNNERS.test(String(literal(name)))
    }
    at = at.type === 'MemberExpression' ? at['object'] : at.type === 'CallExpression' ? at['callee'] : null
  }
  return false
}

interface TestCall {
  readonly title: string
  readonly body: Node | null
  readonly isSuite: boolean
  readonly isSkipped: boolean
  readonly isFocused: boolean
}

const HOOKS = /^(?:before|after|beforeEach|afterEach|beforeAll|afterAll|setup|teardown|comment|end|pass|fail|plan)$/

function readCall(node: Node, source: string, functions: ReadonlySet<string>): TestCall | null {
  if (node.type !== 'CallExpression' || !isNode(node['callee'])) return null
  const path = calleePath(node['callee'])
  const [root, ...rest] = path
  if (root === undefined) return null
  const isMethod = rest.includes('test') || rest.includes('it')
  if (!functions.has(root) && !isMethod) return null
  const args = Array.isArray(node['arguments']) ? node['arguments'].filter(isNode) : []
  const title = titleOf(args[0], source)
  if (title === null || rest.some((word) => HOOKS.test(word))) return null
  const body = functionIn(node)
  const words = new Set(rest)
  const isPending =
    words.has('todo') || words.has('skip') || words.has('failing') || words.has('fails') || /^x/.test(root)
  // A call with a title alone is a test that is to be written; but `suite('math')` makes a test function.
  if (body === null && !isPending && (args.length > 1 || !/^(?:it|test|specify)$/.test(root))) return null
  const options = args.slice(1).find((arg) => arg.type === 'ObjectExpression')
  return {
    title,
    body,
    isSuite: SUITES.test(root) || rest.some((word) => SUITES.test(word)) || words.has('group'),
    isSkipped: isPending || words.has('skipIf') || words.has('runIf') || hasOption(options, /^(?:skip|todo)$/),
    isFocused: words.has('only') || /^f(?:it|describe)$/.test(root) || hasOption(options, /^only$/),
  }
}

function titleOf(node: Node | undefined, source: string): string | null {
  if (node === undefined) return null
  const text = literal(node)
  if (typeof text === 'string') return text.slice(0, 300)
  const isText = node.type === 'TemplateLiteral' || node.type === 'BinaryExpression'
  return isText ? textOf(node, source).slice(0, 300) : null
}

/** `{ skip: true }`, `{ todo: 'reason' }`: anything but a false that is written out. */
function hasOption(options: Node | undefined, name: RegExp): boolean {
  if (options === undefined || !Array.isArray(options['properties'])) return false
  return options['properties'].filter(isNode).some((property) => {
    const key = isNode(property['key']) ? String(property['key']['name'] ?? property['key']['value']) : ''
    return name.test(key) && literal(property['value']) !== false
  })
}

function testsIn(body: Node, source: string, functions: ReadonlySet<string>): Node[] {
  const found: Node[] = []
  const visit = (node: Node) => {
    if (readCall(node, source, functions) !== null) found.push(node)
    else for (const child of nodesIn(node)) visit(child)
  }
  for (const child of nodesIn(body)) visit(child)
  return found
}

function literalsIn(program: Node): Set<string> {
  const found = new Set<string>()
  const visit = (node: Node) => {
    const value = literal(node)
    if (typeof value === 'string' || typeof value === 'number') found.add(String(value))
    for (const child of nodesIn(node)) visit(child)
  }
  visit(program)
  return found
}
