/** A tool as its server describes it; all text in it is the server's. */
export interface OfferedTool {
  readonly name: string
  /** JSON Schema of its arguments. */
  readonly inputSchema: Readonly<Record<string, unknown>>
}

export type ReadCall =
  | { readonly ok: true; readonly tool: string; readonly arguments: Record<string, unknown> }
  /** `why` is for the person who asked: what to type instead. */
  | { readonly ok: false; readonly why: string }

/**
 * What a request says is to be called: the name of a tool, left out where there is but one, then its arguments as a JSON
 * object, or plain text where the tool takes one text. Nothing is guessed: what cannot be read is told, with what can.
 * @param tools those that the operator allows and the server has
 */
export function readCall(request: string, tools: readonly OfferedTool[]): ReadCall {
  const text = request.trim()
  const named = tools.find(
    ({ name }) => text === name || (text.startsWith(name) && /^\s/.test(text.slice(name.length))),
  )
  const tool = named ?? (tools.length === 1 ? tools[0] : undefined)
  if (tool === undefined)
    return { ok: false, why: `say which tool to call: ${tools.map(({ name }) => `\`${name}\``).join(', ')}` }
  const rest = named === undefined ? text : text.slice(tool.name.length).trim()
  const fields = fieldsOf(tool)
  const given = rest === '' ? {} : rest.startsWith('{') || rest.startsWith('```') ? parse(rest) : asText(rest, fields)
  if (given === null) return { ok: false, why: usage(tool, fields) }
  const missing = fields.filter(({ name, isNeeded }) => isNeeded && !Object.hasOwn(given, name))
  if (missing.length > 0) return { ok: false, why: usage(tool, fields) }
  return { ok: true, tool: tool.name, arguments: given }
}

interface Field {
  readonly name: string
  readonly type: string
  readonly isNeeded: boolean
}

function fieldsOf({ inputSchema }: OfferedTool): Field[] {
  const { properties, required } = inputSchema
  const needed = new Set(Array.isArray(required) ? required : [])
  if (typeof properties !== 'object' || properties === null) return []
  return Object.entries(properties).map(([name, value]) => {
    const type: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined
    return { name, type: typeof type === 'string' ? type : 'any', isNeeded: needed.has(name) }
  })
}

function parse(text: string): Record<string, unknown> | null {
  const json = /^```\w*\n([\s\S]*?)\n?```$/.exec(text)?.[1] ?? text
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

/** Plain text is the one text that the tool needs, or the only one that it takes. */
function asText(text: string, fields: readonly Field[]): Record<string, unknown> | null {
  const texts = fields.filter(({ type }) => type === 'string')
  const needed = texts.filter(({ isNeeded }) => isNeeded)
  const [only, ...others] = needed.length > 0 ? needed : texts
  return only === undefined || others.length > 0 ? null : { [only.name]: text }
}

const MAX_FIELDS = 20

function usage({ name }: OfferedTool, fields: readonly Field[]): string {
  const known = fields
    .slice(0, MAX_FIELDS)
    .map((field) => `\`${field.name}\` (${field.type}${field.isNeeded ? ', needed' : ''})`)
  const takes = known.length === 0 ? 'no arguments' : known.join(', ')
  const example = JSON.stringify(Object.fromEntries(fields.filter((f) => f.isNeeded).map((f) => [f.name, '…'])))
  return `\`${name}\` takes ${takes}. Write them as JSON after its name, such as: ${name} ${example}`.slice(0, 2_000)
}
