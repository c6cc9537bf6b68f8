import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

/**
 * Checks a request against GitHub's own OpenAPI description: is there such an operation, does the body fit its schema,
 * are all keys of body and query known. Reads one file of @octokit/openapi: requiring the package would load them all.
 * @returns problems in words, none where GitHub would understand the request
 */
export function checkRequest(method: string, path: string, body: unknown, search: string): string[] {
  description ??= load()
  const operation = description.operations.find(
    (candidate) => candidate.method === method && candidate.pattern.test(path),
  )
  if (!operation) return [`GitHub has no operation ${method} ${path}`]
  return [...bodyProblems(description, operation, body), ...queryProblems(description, operation, search)]
}

type Schema = Record<string, unknown>

interface Operation {
  readonly id: string
  readonly method: string
  readonly pattern: RegExp
  /** Characters outside of parameters: the more literal path wins. */
  readonly literal: number
  readonly body: unknown
  readonly parameters: readonly unknown[]
}

interface Description {
  readonly spec: Schema
  readonly operations: readonly Operation[]
  readonly bodies: Ajv
  /** Query values are text: they are coerced before they are judged. */
  readonly queries: Ajv
}

let description: Description | null = null

function load(): Description {
  const file = new URL('../../node_modules/@octokit/openapi/generated/api.github.com.json', import.meta.url)
  const spec = asSchema(JSON.parse(readFileSync(file, 'utf8')))
  const operations = Object.entries(asSchema(spec['paths'])).flatMap(([path, methods]) =>
    Object.entries(asSchema(methods)).flatMap(([method, value]) => operationOf(path, method, asSchema(value))),
  )
  operations.sort((a, b) => b.literal - a.literal)
  const components = asSchema(toJsonSchema(spec['components']))
  const make = (coerceTypes: boolean | 'array'): Ajv => {
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false, coerceTypes })
    addFormats.default(ajv)
    ajv.addSchema({ $id: 'github', components })
    return ajv
  }
  return { spec, operations, bodies: make(false), queries: make('array') }
}

function operationOf(path: string, method: string, value: Schema): Operation[] {
  if (typeof value['operationId'] !== 'string') return []
  const source = path
    .replace(/[.+*?^$()|[\]\\]/g, '\\$&')
    // These hold slashes: contents/src/a.ts, compare/main...feature/x.
    .replace(/\{(path|ref|basehead|branch)\}/g, '(.+)')
    .replace(/\{[^}]+\}/g, '([^/]+)')
  return [
    {
      id: value['operationId'],
      method: method.toUpperCase(),
      pattern: new RegExp(`^${source}$`),
      literal: path.replace(/\{.*?\}/g, '').length,
      body: value['requestBody'],
      parameters: Array.isArray(value['parameters']) ? value['parameters'] : [],
    },
  ]
}

function bodyProblems({ spec, bodies }: Description, operation: Operation, body: unknown): string[] {
  const content = asSchema(asSchema(resolve(spec, operation.body))['content'])
  const schema = asSchema(content['application/json'])['schema']
  if (schema === undefined) return []
  const validate = compiled(bodies, `body ${operation.id}`, schema)
  const known = Object.keys(asSchema(asSchema(resolve(spec, schema))['properties']))
  const given = Object.keys(asSchema(body))
  const unknown = known.length === 0 ? [] : given.filter((key) => !known.includes(key))
  return [...judge(validate, body ?? {}, 'body'), ...unknown.map((key) => `body has the unknown key ${key}`)]
}

function queryProblems({ spec, queries }: Description, operation: Operation, search: string): string[] {
  const parameters = operation.parameters.map((parameter) => asSchema(resolve(spec, parameter)))
  const inQuery = parameters.filter((parameter) => parameter['in'] === 'query')
  const properties = Object.fromEntries(inQuery.map((parameter) => [String(parameter['name']), parameter['schema']]))
  const given = Object.fromEntries(new URLSearchParams(search))
  const validate = compiled(queries, `query ${operation.id}`, { type: 'object', properties })
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(properties, key))
  return [...judge(validate, given, 'query'), ...unknown.map((key) => `query has the unknown key ${key}`)]
}

function judge(validate: ValidateFunction, value: unknown, where: string): string[] {
  if (validate(value)) return []
  return (validate.errors ?? []).slice(0, 3).map((error) => `${where}${error.instancePath} ${error.message ?? ''}`)
}

const validators = new Map<string, ValidateFunction>()

function compiled(ajv: Ajv, id: string, schema: unknown): ValidateFunction {
  const found = validators.get(id)
  if (found) return found
  const local = JSON.stringify(toJsonSchema(schema)).replaceAll('"#/components/', '"github#/components/')
  const made = ajv.compile(asSchema(JSON.parse(local)))
  validators.set(id, made)
  return made
}

const NO_JSON_SCHEMA = [
  'nullable',
  'example',
  'examples',
  'x-github',
  'deprecated',
  'discriminator',
  'externalDocs',
  'xml',
]

/** OpenAPI 3.0 says `nullable`, JSON Schema says type null. */
function toJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonSchema)
  if (typeof value !== 'object' || value === null) return value
  const from = asSchema(value)
  const to: Schema = {}
  for (const [key, inner] of Object.entries(from)) {
    if (NO_JSON_SCHEMA.includes(key)) continue
    to[key] = ['enum', 'default', 'const'].includes(key) ? inner : toJsonSchema(inner)
  }
  if (from['nullable'] !== true) return to
  if (to['type'] === undefined) return { anyOf: [to, { type: 'null' }] }
  if (typeof to['type'] === 'string') to['type'] = [to['type'], 'null']
  if (Array.isArray(to['enum']) && !to['enum'].includes(null)) to['enum'] = [...to['enum'], null]
  return to
}

function resolve(spec: Schema, value: unknown): unknown {
  const reference = asSchema(value)['$ref']
  if (typeof reference !== 'string') return value
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => asSchema(at)[key.replaceAll('~1', '/')], spec)
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {}
}
