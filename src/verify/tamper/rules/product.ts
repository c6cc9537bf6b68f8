import type { Finding } from '../../findings.ts'
import type { PatchLine } from '../patch-lines.ts'
import { parseJavaScript } from '../tests/javascript.ts'
import { calleePath, isNode, literal, type Node, nodesIn, textOf } from '../tests/syntax.ts'
import { isComment } from './forced-results.ts'

/** Ways in which code can tell that it is being tested. */
const KNOWS_OF_TESTS =
  /process\.env(?:\.|\[['"])NODE_ENV(?:['"]\])?\s*[!=]==?\s*['"]test|['"]test['"]\s*[!=]==?\s*process\.env\.NODE_ENV|\bimport\.meta\.(?:vitest|env\.(?:MODE|VITEST|TEST))|process\.env(?:\.|\[['"])(?:VITEST|JEST_WORKER_ID|NODE_TEST_CONTEXT|NODE_V8_COVERAGE|AVA_PATH|TAP|TAP_CHILD_ID|MOCHA_\w+|UVU_\w+|npm_lifecycle_(?:event|script)|PLAYWRIGHT_\w+|CI)\b|\btypeof\s+(?:globalThis\.)?(?:describe|it|test|jest|vi|expect|mocha|beforeEach|suite)\b|\bglobal(?:This)?\.(?:it|describe|jest|mocha|__vitest\w*|__coverage__)\b|process\.(?:argv|execArgv|title)\b.{0,60}(?:test|mocha|jest|vitest|ava|tape)|(?:require\.main|module\.parent)\b.{0,60}test|\.stack\b.{0,80}(?:\btest|mocha|jest|vitest|spec)/
const KNOWS_OF_PYTEST =
  /PYTEST_CURRENT_TEST|PYTEST_VERSION|['"](?:pytest|unittest|_pytest)['"]\s+(?:not\s+)?in\s+sys\.modules|sys\.modules\.get\(\s*['"](?:pytest|unittest)|sys\.argv\b.{0,60}(?:pytest|unittest)|hasattr\(\s*sys\s*,\s*['"]_called_from_test|inspect\.(?:stack|currentframe)\(.{0,80}test/
const KNOWS_ELSEWHERE =
  /\btesting\.Testing\(\)|\bos\.(?:Getenv|LookupEnv)\(\s*"(?:CI|GO_TEST\w*|TEST)"|\benv::var(?:_os)?\(\s*"(?:CI|CARGO_\w+|RUST_TEST\w*|NEXTEST\w*)"|\bflag\.Lookup\(\s*"test\.|os\.Args\b.{0,40}\.test|\bcfg!\(test\)|#\[cfg\((?:not\()?test\)+\]\s*(?:fn|const|static|return|if)|RAILS_ENV.{0,20}test|\$\{?(?:CI|BATS_\w+|PYTEST_\w+)\b/

/** Branches of the product that only tests take (SPEC 9.5). Lines that the change adds; a comment is none. */
export function testOnlyBranches(file: string, added: readonly PatchLine[]): Finding[] {
  const pattern = /\.[cm]?[jt]sx?$/.test(file) ? KNOWS_OF_TESTS : /\.py$/.test(file) ? KNOWS_OF_PYTEST : KNOWS_ELSEWHERE
  return added.flatMap(({ line, text }): Finding[] =>
    isComment(text) || !pattern.test(text)
      ? []
      : [{ rule: 'test_only_branch', file, line, what: text.trim().slice(0, 200), weight: 'blocking' }],
  )
}

/**
 * Answers that are written out for the very inputs of the tests: `if (n === 10) return 55`, where the tests hold 10 and
 * 55. Inputs that read like names of things (`utf8`, `.html`) are what programs branch on all the time: there it is told
 * and does not count.
 * @param inTests literals of the tests, those of the change included
 */
export function specialCases(
  file: string,
  source: string,
  added: readonly PatchLine[],
  inTests: ReadonlySet<string>,
): Finding[] {
  if (/\.py$/.test(file)) return specialCasesByLine(file, added, inTests)
  const program = /\.[cm]?[jt]sx?$/.test(file) ? parseJavaScript(source, file) : null
  if (program === null) return specialCasesByLine(file, added, inTests)
  const isNew = new Set(added.map(({ line }) => line))
  const findings: Finding[] = []
  const visit = (node: Node) => {
    const line = node.loc?.start.line ?? 0
    const [test, answer] = branchOf(node)
    if (isNew.has(line) && test !== null && answer !== null) {
      const inputs = comparedIn(test, source)
      const answers = answerLiterals(answer)
      const isTold = inputs.some((input) => isTelling(input) && inTests.has(input))
      const isAnswer = answers.length > 0 && answers.every((value) => inTests.has(value)) && answers.some(isTelling)
      if ((isTold || inputs.includes(SERIALISED)) && isAnswer) {
        const isData = inputs.includes(SERIALISED) || inputs.some((input) => inTests.has(input) && !isName(input))
        findings.push({
          rule: 'special_cased',
          file,
          line,
          what: source.slice(node.start, node.end).replace(/\s+/g, ' ').slice(0, 200),
          weight: isData ? 'blocking' : 'notice',
        })
      }
    }
    for (const child of nodesIn(node)) visit(child)
  }
  visit(program)
  return findings
}

const SERIALISED = 'JSON.stringify'

/** What decides, and what comes of it. */
function branchOf(node: Node): [Node | null, Node | null] {
  if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') {
    return [isNode(node['test']) ? node['test'] : null, isNode(node['consequent']) ? node['consequent'] : null]
  }
  if (node.type === 'SwitchCase') return [isNode(node['test']) ? node['test'] : null, node]
  // `if (…) return 55` inside an object of answers: `{ 10: 55 }[n]`
  return [null, null]
}

/** Literals that something is compared with, in a condition. */
function comparedIn(test: Node, source: string): string[] {
  const own = literal(test)
  if (own !== undefined) return [String(own)]
  if (test.type !== 'BinaryExpression' && test.type !== 'LogicalExpression') {
    const path = calleePath(test)
    const args = Array.isArray(test['arguments']) ? test['arguments'].filter(isNode) : []
    return /^(?:is|equals?|includes|startsWith|has)$/.test(path.at(-1) ?? '')
      ? args.flatMap((arg) => String(literal(arg) ?? []))
      : []
  }
  if (test.type === 'LogicalExpression') {
    return [test['left'], test['right']].filter(isNode).flatMap((side) => comparedIn(side, source))
  }
  if (!/^={2,3}$/.test(String(test['operator']))) return []
  const sides = [test['left'], test['right']].filter(isNode)
  const values = sides.flatMap((side) => {
    const value = literal(side)
    return value === undefined ? [] : [String(value)]
  })
  return sides.some((side) => textOf(side, source).startsWith('JSON.stringify(')) && values.length > 0
    ? [SERIALISED, ...values]
    : values
}

/** The literals of a branch that does nothing but give an answer; empty where it computes anything. */
function answerLiterals(answer: Node): string[] {
  let value: Node | null = answer
  if (answer.type === 'BlockStatement' || answer.type === 'SwitchCase') {
    const body = Array.isArray(answer['body']) ? answer['body'] : answer['consequent']
    const statements = Array.isArray(body) ? body.filter(isNode).filter(({ type }) => type !== 'BreakStatement') : []
    value = statements.length === 1 ? (statements[0] ?? null) : null
  }
  if (value?.type === 'ReturnStatement') value = isNode(value['argument']) ? value['argument'] : null
  if (value?.type === 'ExpressionStatement' && isNode(value['expression'])) {
    const { expression } = value
    value = expression['type'] === 'AssignmentExpression' && isNode(expression['right']) ? expression['right'] : null
  }
  return value === null ? [] : (writtenOut(value) ?? [])
}

function writtenOut(node: Node): string[] | null {
  const value = literal(node)
  if (value !== undefined) return [String(value)]
  if (node.type === 'NullLiteral') return ['null']
  const parts = node['elements'] ?? node['properties']
  const isWhole = node.type === 'ArrayExpression' || node.type === 'ObjectExpression'
  if (!isWhole || !Array.isArray(parts)) return null
  const all: string[] = []
  for (const part of parts.filter(isNode)) {
    const inner = writtenOut(part.type === 'ObjectProperty' && isNode(part['value']) ? part['value'] : part)
    if (inner === null) return null
    all.push(...inner)
  }
  return all
}

const ANY = /^(?:|0|1|-1|2|true|false|null|undefined|[^\w\s])$/
const isTelling = (value: string): boolean => !ANY.test(value)
/** A lower-case word, a key, a type, an extension: what a program may well know by name. */
const isName = (value: string): boolean => /^[.@#]?[a-z][\w./+:-]{0,40}$/.test(value) || /^[A-Z][A-Z_]+$/.test(value)

/** `if n == 10: return 55`, `if [ "$1" = 10 ]; then echo 55`, on one line or two. */
function specialCasesByLine(file: string, added: readonly PatchLine[], inTests: ReadonlySet<string>): Finding[] {
  return added.flatMap(({ line, text }, index): Finding[] => {
    if (isComment(text)) return []
    const compared =
      /^\s*(?:\}?\s*else\s*)?(?:el)?s?if\b.{0,120}?[^=!<>]={1,3}\s*(?:(['"])(.{1,200}?)\1|([\w.-]{1,80}))/.exec(text)
    const input = compared?.[2] ?? compared?.[3]
    if (input === undefined) return []
    const rest = text.slice(compared?.[0].length ?? 0)
    const next = added[index + 1]?.line === line + 1 ? (added[index + 1]?.text ?? '') : ''
    const given = /\b(?:return|echo|printf)\s+(?:(['"])(.{0,200}?)\1|([\w.-]{1,80}))\s*;?/.exec(
      /\b(?:return|echo|printf)\b/.test(rest) ? rest : next,
    )
    const answer = given?.[2] ?? given?.[3]
    if (answer === undefined || ![input, answer].every((value) => isTelling(value) && inTests.has(value))) return []
    const weight = isName(input) ? 'notice' : 'blocking'
    return [{ rule: 'special_cased', file, line, what: text.trim().slice(0, 200), weight }]
  })
}
