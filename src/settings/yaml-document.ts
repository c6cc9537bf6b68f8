/**
 * Hostile text → plain value, with a way back to lines and columns. YAML is read as YAML 1.2 core without its power
 * tools: no aliases (bombs, cycles), no tags, no merge keys, no duplicate or prototype keys, 64 kB, 32 levels.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import type { Parsed, Problem } from './settings.ts'

export const MAX_SETTINGS_BYTES = 65_536
const MAX_DEPTH = 32
const PARSER_DEPTH = 200
const MAX_PROBLEMS = 20
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype', '<<'])
const CORE_TAGS = new Set(
  ['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map((name) => `tag:yaml.org,2002:${name}`),
)

export type KeyPath = readonly (string | number)[]

export interface YamlDocument {
  /** An empty file is an empty map. */
  readonly value: unknown
  /** Where the value of `path` stands (or the nearest thing that exists around it); with `key`, where that key stands. */
  locate(path: KeyPath, key?: string): { line: number; column: number }
}

export function readYaml(text: string, file: string): Parsed<YamlDocument> {
  const whole = (message: string): Parsed<never> => ({
    ok: false,
    problems: [{ file, line: 1, column: 1, key: '', message }],
  })
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_SETTINGS_BYTES) return whole(`is ${bytes} bytes long; allowed: ${MAX_SETTINGS_BYTES}`)
  if (tooDeep(text)) return whole(`is nested too deeply; allowed: ${MAX_DEPTH} levels`)
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      resolveKnownTags: false,
      uniqueKeys: false, // looked for below: the parser's own search takes seconds on thousands of keys
      stringKeys: true,
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'error',
    })
    const problems = [...syntaxProblems(document, lines, file), ...forbiddenParts(document, lines, file)]
    if (problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) }
    const value: unknown = document.toJS({ maxAliasCount: 0 })
    return { ok: true, value: { value: value ?? {}, locate: (path, key) => locate(document, lines, path, key) } }
  } catch {
    return whole('cannot be read as YAML')
  }
}

/**
 * The parser recurses once per level, so the depth is bounded before it starts: brackets anywhere (also in text, hence
 * the generous limit), and the dashes that open several levels on one line. Levels by indentation are bounded by the
 * size of the file.
 */
function tooDeep(text: string): boolean {
  let open = 0
  for (const char of text) {
    if (char === '[' || char === '{') open += 1
    else if (char === ']' || char === '}') open -= 1
    if (open > PARSER_DEPTH) return true
  }
  return text
    .split('\n')
    .some((line) => (line.match(/^\s*((?:[-?:]\s+)*)/)?.[1]?.match(/\S/g)?.length ?? 0) > PARSER_DEPTH)
}

function syntaxProblems(document: Document, lines: LineCounter, file: string): Problem[] {
  return [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0])
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), key: '', message: bounded(error.message) }
  })
}

function forbiddenParts(document: Document, lines: LineCounter, file: string): Problem[] {
  const problems: Problem[] = []
  const refuse = (node: Node, key: string, message: string) => {
    const { line, col } = lines.linePos(node.range?.[0] ?? 0)
    problems.push({ file, line, column: col, key, message })
  }
  visit(document, (_, node, ancestors) => {
    if (problems.length >= MAX_PROBLEMS) return visit.BREAK
    if (!isNode(node)) return undefined
    // A level is two steps of the visit: the pair and its value.
    if (ancestors.length > 2 * MAX_DEPTH) {
      refuse(node, '', `is nested too deeply; allowed: ${MAX_DEPTH} levels`)
      return visit.BREAK
    }
    if (isAlias(node)) refuse(node, '', 'is an alias (*name); aliases are not read here: write the value out')
    else if (node.tag !== undefined && !CORE_TAGS.has(node.tag))
      refuse(node, '', 'has a tag (!name); tags are not read here')
    if (isMap(node)) forbiddenKeys(node, refuse)
    return undefined
  })
  return problems
}

function forbiddenKeys(map: YAMLMap, refuse: (node: Node, key: string, message: string) => void): void {
  const seen = new Set<string>()
  for (const { key } of map.items) {
    if (!isScalar(key)) continue
    const name = String(key.value)
    if (FORBIDDEN_KEYS.has(name)) refuse(key, bounded(name), 'is not allowed as a key anywhere in this file')
    if (seen.has(name)) refuse(key, bounded(name), 'stands here twice; allowed: once')
    seen.add(name)
  }
}

function locate(document: Document, lines: LineCounter, path: KeyPath, key?: string): { line: number; column: number } {
  let node: Node | null = document.contents
  for (const step of path) {
    const next: unknown = isMap(node)
      ? pairOf(node, String(step))?.value
      : isSeq(node)
        ? node.items[Number(step)]
        : undefined
    if (!isNode(next)) break
    node = next
  }
  const named = key !== undefined && isMap(node) ? pairOf(node, key)?.key : undefined
  const { line, col } = lines.linePos((isNode(named) ? named : node)?.range?.[0] ?? 0)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)
}

function bounded(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 200)
}
