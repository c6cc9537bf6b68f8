import type { CaseResult, TestRun } from './test-run.ts'

const MAX_CHARS = 16_000_000

/**
 * A report in JSON on the output: one object of jest, vitest or mocha (`--json`, `--reporter=json`), or the lines of
 * `go test -json`. Null where there is none. The text is hostile: nothing of its shape is taken for granted.
 */
export function readJsonReport(output: string): TestRun | null {
  const text = output.slice(-MAX_CHARS)
  return readGo(text) ?? readObject(text)
}

function readObject(text: string): TestRun | null {
  const from = /^\{(?:\s*"(?:num\w+|stats|testResults|success)"|\s*$)/m.exec(text)?.index
  const report = from === undefined ? null : parse(text.slice(from, text.lastIndexOf('}') + 1))
  if (report === null) return null
  if (Array.isArray(report['testResults'])) {
    const tests = report['testResults'].flatMap((file) => {
      const own = asObject(file)
      const results = listOf(own['assertionResults'])
      // A file that could not be loaded has no results of its own.
      return results.length === 0 && own['status'] === 'failed'
        ? [[String(own['name']), 'failed'] as const]
        : results.map(titled)
    })
    return runOf(tests.map(([name, status]) => [name, JEST[status] ?? 'skip']))
  }
  if (Array.isArray(report['passes']) && Array.isArray(report['failures'])) {
    const of = (key: string, result: CaseResult) =>
      listOf(report[key]).map((test) => [String(test['fullTitle']), result] as const)
    return runOf([...of('passes', 'pass'), ...of('failures', 'fail'), ...of('pending', 'skip')])
  }
  return null
}

const JEST: Readonly<Record<string, CaseResult>> = { passed: 'pass', failed: 'fail' }

function titled(result: Readonly<Record<string, unknown>>): readonly [string, string] {
  const suites = Array.isArray(result['ancestorTitles']) ? result['ancestorTitles'].map(String) : []
  return [[...suites, String(result['title'])].filter((part) => part !== '').join(' › '), String(result['status'])]
}

/** `{"Action":"pass","Package":"a.b/c","Test":"TestX/sub"}`, one a line; the last word on a test counts. */
function readGo(text: string): TestRun | null {
  const tests = new Map<string, CaseResult>()
  let isGo = false
  for (const line of text.split('\n')) {
    if (!line.startsWith('{"') || !line.includes('"Action":"')) continue
    const event = parse(line)
    if (event === null || typeof event['Package'] !== 'string') continue
    isGo = true
    const result = GO[String(event['Action'])]
    if (result === undefined) continue
    if (typeof event['Test'] === 'string') tests.set(`${event['Package']} › ${event['Test']}`, result)
    // A package that does not compile fails without a test.
    else if (result === 'fail' && ![...tests.keys()].some((name) => name.startsWith(`${event['Package']} › `)))
      tests.set(event['Package'], 'fail')
  }
  return isGo ? runOf([...tests]) : null
}

const GO: Readonly<Record<string, CaseResult>> = { pass: 'pass', fail: 'fail', skip: 'skip' }

/** Counts and cases of a list of tests; of two with one name, the worse. */
export function runOf(tests: readonly (readonly [string, CaseResult])[]): TestRun {
  const cases = new Map<string, CaseResult>()
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const [name, result] of tests) {
    counts[result === 'pass' ? 'passed' : result === 'fail' ? 'failed' : 'skipped'] += 1
    if (cases.get(name) !== 'fail') cases.set(name, result)
  }
  return { counts, cases, brokenOff: false }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? { ...value } : {}
}

const listOf = (value: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map(asObject) : []
