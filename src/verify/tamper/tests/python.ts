import { parser } from '@lezer/python'
import type { Assertion, TestCase, TestFile } from './test-case.ts'

type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

const MAX_CHARS = 1_000_000

/** The tests of a Python file: functions and methods called `test…`, as pytest and unittest find them. */
export function readPythonTests(source: string): TestFile | null {
  if (source.length > MAX_CHARS) return null
  const lineAt = lines(source)
  const text = (node: SyntaxNode) => source.slice(node.from, node.to)
  const cases: TestCase[] = []
  const literals = new Set<string>()
  const visit = (node: SyntaxNode, suites: readonly string[], isSkipped: boolean) => {
    if (node.name === 'String') literals.add(text(node).replace(/^[a-zA-Z]*(?:"""|'''|"|')|(?:"""|'''|"|')$/g, ''))
    if (node.name === 'Number') literals.add(text(node))
    const definition = node.name === 'DecoratedStatement' ? node.lastChild : node
    const isDefinition = definition?.name === 'FunctionDefinition' || definition?.name === 'ClassDefinition'
    if (definition === null || !isDefinition) {
      for (const child of childrenOf(node)) visit(child, suites, isSkipped)
      return
    }
    const name = definition.getChild('VariableName')
    const title = name === null ? '' : text(name)
    const decorators =
      node === definition
        ? ''
        : childrenOf(node)
            .filter((c) => c.name === 'Decorator')
            .map(text)
            .join('\n')
    const skips = isSkipped || /^@(?:\w+\.)*(?:skip\w*|xfail|expectedFailure)\b/m.test(decorators)
    const body = definition.getChild('Body')
    if (definition.name === 'FunctionDefinition' && /^test/.test(title) && body !== null) {
      const found = assertionsIn(body, text, lineAt)
      cases.push({
        name: [...suites, title].join(' › '),
        line: lineAt(definition.from),
        isSkipped: skips || found.skips,
        isFocused: false,
        assertions: found.assertions,
        otherStatements: found.otherStatements,
        body: bare(text(body)),
      })
    }
    for (const child of childrenOf(definition)) visit(child, [...suites, title], skips)
    if (node !== definition)
      for (const child of childrenOf(node)) if (child.name === 'Decorator') visit(child, suites, skips)
  }
  visit(parser.parse(source).topNode, [], false)
  return { cases, literals }
}

function assertionsIn(body: SyntaxNode, text: (node: SyntaxNode) => string, lineAt: (at: number) => number) {
  const assertions: Assertion[] = []
  let otherStatements = 0
  let skips = false
  const add = (node: SyntaxNode, strength: number, guards: readonly string[]) => {
    const weakened = guards.includes('caught:') ? 0 : guards.length > 0 ? strength - 0.5 : strength
    assertions.push({
      text: `${guards.join('')}${bare(text(node))}`,
      line: lineAt(node.from),
      strength: Math.max(0, weakened),
    })
  }
  const visit = (node: SyntaxNode, guards: readonly string[]): void => {
    if (node.name === 'AssertStatement') {
      add(node, strengthOfAssert(text(node)), guards)
      return
    }
    if (node.name === 'CallExpression') {
      const call = text(node)
      if (/^(?:pytest\.(?:skip|xfail|importorskip)|self\.skipTest)\(/.test(call)) skips = true
      const method = /^self\.(assert\w+|fail\w*)\(|^(?:pytest|self)\.(raises|warns)\(/.exec(call)
      const name = method?.[1] ?? method?.[2]
      if (name !== undefined) {
        add(node, strengthOfMethod(name, call), guards)
        return
      }
    }
    if (/Statement$/.test(node.name) && !/^(?:If|Try|With|For|While|Pass)/.test(node.name)) otherStatements += 1
    if (node.name === 'ExpressionStatement' && /^(?:\.\.\.|['"])/.test(text(node))) otherStatements -= 1
    const inner = guardsIn(node, text)
    for (const child of reachable(node)) visit(child, child.name === 'Body' ? [...guards, ...inner] : guards)
  }
  for (const child of reachable(body)) visit(child, [])
  return { assertions, otherStatements: Math.max(0, otherStatements), skips }
}

function guardsIn(node: SyntaxNode, text: (node: SyntaxNode) => string): string[] {
  if (node.name === 'IfStatement') return [`if(${bare(text(node).split(':')[0] ?? '')})`]
  if (node.name !== 'TryStatement') return []
  const handler = text(node).slice(text(node).search(/^\s*except\b/m))
  const catchesFailures = /except\s*(?::|\(?\s*(?:Base)?Exception|\(?\s*AssertionError)/.test(handler)
  return catchesFailures && !/raise|assert|fail/.test(handler) ? ['caught:'] : []
}

/** Statements up to the one that leaves. */
function reachable(node: SyntaxNode): SyntaxNode[] {
  const all = childrenOf(node)
  if (node.name !== 'Body') return all
  const end = all.findIndex(({ name }) => name === 'ReturnStatement' || name === 'RaiseStatement')
  return end === -1 ? all : all.slice(0, end + 1)
}

function strengthOfAssert(text: string): number {
  const said = text.replace(/^assert\s*\(?\s*/, '')
  const sides = /^(.+?)\s*(?:==|is)\s*(.+?)\)?\s*(?:,.*)?$/.exec(said)
  if (/^(?:True|1|"[^"]+"|'[^']+')\s*\)?(?:,.*)?$/.test(said) || (sides !== null && sides[1] === sides[2])) return 0
  if (/\bor True\b/.test(said)) return 0
  if (/(?:==|!=| is not None)/.test(said) && !/!=| is not None/.test(said)) return 3
  if (/ is not None| != None/.test(said)) return 1
  return / is (?!not)/.test(said) ? 3 : /!=|<|>| in /.test(said) ? 2 : 1
}

function strengthOfMethod(name: string, call: string): number {
  if (/^assert(?:True\(True|False\(False)/.test(call.slice(5))) return 0
  if (/^(?:raises|warns|assertRaises|assertWarns)$/.test(name)) return /\(\s*(?:Base)?Exception\b/.test(call) ? 1 : 2.5
  if (/^assertRaisesRegex$/.test(name)) return 3
  if (/^assert(?:True|False)$/.test(name)) return /[=<>]| in /.test(call) ? 2.5 : 1
  if (/^assert(?:IsNotNone|Is(?:Not)?Instance)$/.test(name)) return 1
  return /^assert(?:Not|AlmostEqual|In|Greater|Less|Regex)/.test(name) ? 2 : 3
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child)
  return found
}

const bare = (text: string): string =>
  text
    .replace(/\s+/g, '')
    .replace(/"/g, "'")
    .replace(/,([)\]}])/g, '$1')

function lines(source: string): (at: number) => number {
  const starts = [0]
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return (at) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}
