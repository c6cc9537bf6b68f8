import { XMLParser } from 'fast-xml-parser'
import { runOf } from './json-reports.ts'
import type { CaseResult, TestRun } from './test-run.ts'

/**
 * Reports in JUnit's XML, as maven, gradle, pytest and many others write them; null where none of the texts is one.
 * Entities of a document type are not resolved: the text is hostile.
 */
export function readJUnit(texts: readonly string[]): TestRun | null {
  const tests: [string, CaseResult][] = []
  let isReport = false
  for (const text of texts) {
    const root = parse(text)
    if (root === null) continue
    isReport = true
    for (const suite of [...listOf(root['testsuite']), ...listOf(root['testsuites'])]) collect(suite, tests)
  }
  return isReport ? runOf(tests) : null
}

const MAX_DEPTH = 50

function collect(suite: Readonly<Record<string, unknown>>, tests: [string, CaseResult][], depth = 0): void {
  if (depth > MAX_DEPTH) return
  for (const test of listOf(suite['testcase'])) {
    const name = [test['@classname'], test['@name']]
      .filter((part) => typeof part === 'string' && part !== '')
      .join(' › ')
    const result = 'failure' in test || 'error' in test ? 'fail' : 'skipped' in test ? 'skip' : 'pass'
    tests.push([name, result])
  }
  for (const inner of listOf(suite['testsuite'])) collect(inner, tests, depth + 1)
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  if (!/<testsuites?[\s>]/.test(text.slice(0, 5_000))) return null
  try {
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      processEntities: false,
      maxNestedTags: 100,
    })
    const value: unknown = parser.parse(text)
    return value !== null && typeof value === 'object' ? { ...value } : null
  } catch {
    return null
  }
}

const listOf = (value: unknown): Readonly<Record<string, unknown>>[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) =>
    one !== null && typeof one === 'object' ? [{ ...one }] : [],
  )
