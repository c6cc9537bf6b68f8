/** A node of a syntax tree as any parser of the ESTree family makes it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly loc?: { readonly start: { readonly line: number } }
  readonly [key: string]: unknown
}

export function isNode(value: unknown): value is Node {
  return (
    value !== null && typeof value === 'object' && 'type' in value && typeof value.type === 'string' && 'start' in value
  )
}

const NOT_SYNTAX = new Set(['loc', 'extra', 'leadingComments', 'trailingComments', 'innerComments', 'errors', 'tokens'])

/** Its children, in the order in which they are written as far as the parser keeps it. */
export function nodesIn(node: Node): Node[] {
  const found: Node[] = []
  for (const [key, value] of Object.entries(node)) {
    if (NOT_SYNTAX.has(key)) continue
    if (isNode(value)) found.push(value)
    else if (Array.isArray(value)) for (const one of value) if (isNode(one)) found.push(one)
  }
  return found
}

/** `a.b.c(…)` and `a.b(…).c` → `['a', 'b', 'c']`; empty where it does not begin with a name. */
export function calleePath(node: Node): string[] {
  const path: string[] = []
  for (let at: unknown = node; isNode(at); ) {
    if (at.type === 'Identifier') return [String(at['name']), ...path]
    if (at.type === 'ThisExpression') return ['this', ...path]
    if (at.type === 'MemberExpression' || at.type === 'OptionalMemberExpression') {
      if (isNode(at['property'])) path.unshift(String(at['property']['name'] ?? at['property']['value'] ?? '?'))
      at = at['object']
    } else if (at.type === 'CallExpression' || at.type === 'OptionalCallExpression') {
      at = at['callee']
    } else if (at.type === 'TaggedTemplateExpression') {
      at = at['tag']
    } else if (
      at.type === 'AwaitExpression' ||
      at.type === 'TSNonNullExpression' ||
      at.type === 'ParenthesizedExpression'
    ) {
      at = at['argument'] ?? at['expression']
    } else {
      return []
    }
  }
  return []
}

export const rootOf = (node: Node): string | null => calleePath(node)[0] ?? null

/** The function among the arguments of a call: the body of a test. */
export function functionIn(call: Node): Node | null {
  const args = Array.isArray(call['arguments']) ? call['arguments'].filter(isNode) : []
  for (const arg of args.toReversed()) {
    if (arg.type === 'ArrowFunctionExpression' || arg.type === 'FunctionExpression') return arg
    // `wrap(function () {…})`, `async(…)`
    if (arg.type === 'CallExpression') {
      const inner = functionIn(arg)
      if (inner !== null) return inner
    }
  }
  return null
}

/** What is written, without white space and without the commas and semicolons that a formatter may add or take away. */
export function textOf(node: Node, source: string): string {
  return source
    .slice(node.start, node.end)
    .replace(/\s+/g, '')
    .replace(/[,;]+([)\]}])/g, '$1')
    .replace(/"/g, "'")
}

/** The value of a string, number or boolean that is written out, else undefined. */
export function literal(node: unknown): string | number | boolean | undefined {
  if (!isNode(node)) return undefined
  const { type } = node
  if (type === 'TemplateLiteral' && Array.isArray(node['quasis']) && node['quasis'].length === 1) {
    const [only] = node['quasis'].filter(isNode)
    const value: unknown = only?.['value']
    return value !== null && typeof value === 'object' && 'cooked' in value ? String(value.cooked) : undefined
  }
  const value = node['value']
  const isPlain = type === 'StringLiteral' || type === 'NumericLiteral' || type === 'BooleanLiteral'
  return isPlain && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    ? value
    : undefined
}
