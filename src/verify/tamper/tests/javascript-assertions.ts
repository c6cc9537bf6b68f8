import { calleePath, isNode, literal, type Node, nodesIn, textOf } from './syntax.ts'
import type { Assertion } from './test-case.ts'

export interface AssertionsOf {
  readonly assertions: readonly Assertion[]
  readonly otherStatements: number
  /** The test skips itself: `t.skip()`, `this.skip()`. */
  readonly skips: boolean
}

/**
 * The assertions of a test's function, with how much each says. What cannot be reached (behind a `return`) is none; what
 * is caught and dropped says nothing; what stands under a condition says less.
 * @param isOther calls in it that are tests of their own
 */
export function assertionsIn(body: Node, source: string, isOther: (node: Node) => boolean): AssertionsOf {
  const assertions: Assertion[] = []
  let otherStatements = 0
  let skips = false
  const context = contextNames(body)
  const visit = (node: Node, guards: readonly string[]) => {
    if (isOther(node)) return
    if (isCall(node)) {
      const path = calleePath(node)
      if (path.at(-1) === 'skip' && (path[0] === 'this' || context.has(path[0] ?? ''))) skips = true
      const strength = strengthOf(node, path, context, source)
      if (strength !== null) {
        const text = `${guards.join('')}${textOf(node, source)}`
        const weakened = guards.includes('caught:') ? 0 : guards.length > 0 ? strength - 0.5 : strength
        assertions.push({ text, line: node.loc?.start.line ?? 0, strength: Math.max(0, weakened) })
        // Assertions within an assertion's function (`throws(() => …)`) belong to it.
        return
      }
    }
    // chai: `expect(x).to.be.true`
    if (
      node.type === 'ExpressionStatement' &&
      isNode(node['expression']) &&
      node['expression'].type === 'MemberExpression'
    ) {
      const path = calleePath(node['expression'])
      if (path[0] === 'expect' || path.includes('should')) {
        const strength = guards.includes('caught:') ? 0 : 2
        assertions.push({
          text: `${guards.join('')}${textOf(node['expression'], source)}`,
          line: node.loc?.start.line ?? 0,
          strength,
        })
        return
      }
    }
    if (/Statement$|^VariableDeclaration$/.test(node.type) && node.type !== 'BlockStatement') otherStatements += 1
    for (const [child, guard] of children(node, source)) visit(child, guard === null ? guards : [...guards, guard])
  }
  for (const child of nodesIn(body)) visit(child, [])
  return { assertions, otherStatements: Math.max(0, otherStatements - assertions.length), skips }
}

const isCall = (node: Node): boolean => node.type === 'CallExpression' || node.type === 'OptionalCallExpression'

/** Children with what guards them; statements that nothing reaches are left out. */
function children(node: Node, source: string): [Node, string | null][] {
  if (node.type === 'BlockStatement' && Array.isArray(node['body'])) {
    const statements = node['body'].filter(isNode)
    const end = statements.findIndex(
      (one) => one.type === 'ReturnStatement' || one.type === 'ThrowStatement' || exits(one),
    )
    return statements.slice(0, end === -1 ? undefined : end + 1).map((one) => [one, null])
  }
  if (node.type === 'IfStatement' && isNode(node['test'])) {
    const guard = `if(${textOf(node['test'], source)})`
    return nodesIn(node).map((child) => [child, child === node['test'] ? null : guard])
  }
  if (node.type === 'TryStatement' && isNode(node['handler'])) {
    const handler = textOf(node['handler'], source)
    const isDropped =
      !/throw|assert|expect|fail|reject|done\(|next\(|\.(?:is|equal|ok|error|ifError|match|deepEqual|same|end)\(/.test(
        handler,
      )
    return nodesIn(node).map((child) => [child, child === node['block'] && isDropped ? 'caught:' : null])
  }
  return nodesIn(node).map((child) => [child, null])
}

const exits = (statement: Node): boolean =>
  statement.type === 'ExpressionStatement' &&
  isNode(statement['expression']) &&
  calleePath(statement['expression']).join('.') === 'process.exit'

/** The first parameter of the test and of functions within it: `t` in `t.equal(…)`. */
function contextNames(body: Node): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (node: Node) => {
    const [first] = Array.isArray(node['params']) ? node['params'].filter(isNode) : []
    if (first?.type === 'Identifier') names.add(String(first['name']))
    for (const child of nodesIn(node)) visit(child)
  }
  visit(body)
  for (const name of ['done', 'cb', 'next', 'resolve', 'reject', 'err', 'error', 'e', 'req', 'res']) names.delete(name)
  return names
}

const EXACT =
  /^(?:(?:not)?(?:strict|deep|deepStrict|loose|shallow)?[eE]quals?|eql?|same|strictSame|is|be|toBe|toEqual|toStrictEqual|equals|deepEqual|matchSnapshot|toMatchSnapshot|toMatchInlineSnapshot|snapshot|throws|throwsAsync|rejects|toThrow|toThrowError|toHaveBeenCalledWith|calledWith|toHaveLength|lengthOf|members|fixture|toHaveBeenCalledTimes|toHaveReturnedWith|a|an|is_deeply|doesNotMatch|true|false|toBeNull|toBeUndefined|isTrue|isFalse|error|ifError|isEqual|isStrictEqual)$/
const ROUGH =
  /^(?:match|matches|toMatch|toMatchObject|toContain|toContainEqual|include|includes|contain|contains|hasFields?|has|like|notEqual|notDeepEqual|notStrictEqual|isNot|not|notSame|toBeCloseTo|closeTo|approximately|instanceOf|instance|toBeInstanceOf|typeOf|type|isType|greaterThan|above|below|least|most|toBeGreaterThan\w*|toBeLessThan\w*|property|toHaveProperty|keys|toHaveBeenCalled|called|calledOnce|partialDeepStrictEqual|isArray|isObject|isString|isFunction|isNumber|empty)$/
const LOOSE =
  /^(?:ok|notOk|assert|truthy|falsy|toBeTruthy|toBeFalsy|toBeDefined|exist|exists|isOk|isNotNull|isDefined|pass|notThrows|notThrowsAsync|doesNotThrow|doesNotReject|true_|unreachable|fail|notToThrow|expect)$/
const NO_ASSERTION =
  /^(?:test|end|plan|comment|teardown|timeout|log|skip|todo|before|after|beforeEach|afterEach|context|diagnostic|on|emit|then|catch|assertions|hasAssertions|extend|use|mock|fn|spyOn|setTimeout|slow|retries|run|push|map|bail|autoend)$/

/** null where the call is no assertion. */
function strengthOf(call: Node, path: readonly string[], context: ReadonlySet<string>, source: string): number | null {
  const [root = '', ...rest] = path
  const method = rest.at(-1) ?? root
  const isChain = root === 'expect' || rest.includes('should') || root === 'should'
  const isAssert = /^(?:assert|chai|power|strict|should|tap|tape)$/.test(root) || /^assert[A-Z]?/.test(root)
  const isOwn = context.has(root) && rest.length > 0
  const isBare =
    rest.length === 0 &&
    /^(?:ok|equal|deepEqual|strictEqual|is|same|throws|rejects|match|deepStrictEqual|notEqual)$/.test(root)
  if (!isChain && !isAssert && !isOwn && !isBare) return null
  if (NO_ASSERTION.test(method) || (root === 'expect' && rest.length === 0)) return null
  if (isOwn && !isAssert && !isKnown(method)) return null
  const args = Array.isArray(call['arguments']) ? call['arguments'].filter(isNode) : []
  if (isTautology(call, path, args, source)) return 0
  const negated = rest.includes('not') ? 1 : 0
  const bare = /^(?:throws|throwsAsync|rejects|toThrow|toThrowError)$/.test(method) && !hasMatcher(method, args) ? 1 : 0
  const any = /\bexpect\.any(?:thing)?\(|\.\*\/|^\/\(\?:\)\//.test(args.map((arg) => textOf(arg, source)).join(','))
    ? 1
    : 0
  const base = EXACT.test(method) ? 3 : ROUGH.test(method) ? 2 : LOOSE.test(method) ? 1 : 2
  // `ok(a === b)` says as much as `equal(a, b)`.
  const compares = base === 1 && args.some((arg) => arg.type === 'BinaryExpression') ? 1.5 : 0
  return Math.max(0.5, base + compares - negated - bare - any)
}

const isKnown = (method: string): boolean => EXACT.test(method) || ROUGH.test(method) || LOOSE.test(method)

/** `toThrow(/x/)` and `throws(fn, /x/)`; a message for people (a string in the last place) is no matcher there. */
function hasMatcher(method: string, args: readonly Node[]): boolean {
  if (method.startsWith('to')) return args.length > 0
  return args.length > 1 && (args[1]?.type !== 'StringLiteral' || args.length > 2)
}

/** `ok(true)`, `equal(1, 1)`, `expect(true).toBe(true)`, `equal(x, x)`. */
function isTautology(call: Node, path: readonly string[], args: readonly Node[], source: string): boolean {
  if (path.at(-1) === 'pass') return true
  const inner = path[0] === 'expect' ? innermost(call) : []
  const values = [...inner, ...args].filter((arg) => arg !== undefined)
  const [first, second] = values
  if (first === undefined) return false
  const isConstant = (node: Node) => literal(node) !== undefined || node.type === 'NullLiteral'
  if (values.length === 1) return path[0] !== 'expect' && isConstant(first)
  if (second === undefined || /^(?:throws|rejects|match|ok|true|truthy|assert)/.test(path.at(-1) ?? '')) {
    return /^(?:ok|true|truthy|assert)$/.test(path.at(-1) ?? '') && literal(first) !== undefined
  }
  return (isConstant(first) && isConstant(second)) || textOf(first, source) === textOf(second, source)
}

/** What stands in `expect(…)` at the beginning of a chain. */
function innermost(call: Node): Node[] {
  for (let at: unknown = call; isNode(at); at = at['object'] ?? at['callee']) {
    if (isCall(at) && isNode(at['callee']) && at['callee']['name'] === 'expect') {
      return Array.isArray(at['arguments']) ? at['arguments'].filter(isNode) : []
    }
  }
  return []
}
