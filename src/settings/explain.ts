import type { z } from 'zod'
import type { Problem } from './settings.ts'
import type { KeyPath, YamlDocument } from './yaml-document.ts'

const MAX_PROBLEMS = 20
const MAX_KEY = 120
const MAX_MESSAGE = 400

/**
 * What zod found → problems that name the line, the key and what is allowed.
 * @param operatorOnly top-level keys that exist, but not in this file
 */
export function explain(
  issues: readonly z.core.$ZodIssue[],
  document: YamlDocument,
  file: string,
  operatorOnly: readonly string[],
): Problem[] {
  return issues.flatMap((issue) => problemsOf(issue, document, file, operatorOnly)).slice(0, MAX_PROBLEMS)
}

function problemsOf(
  issue: z.core.$ZodIssue,
  document: YamlDocument,
  file: string,
  operatorOnly: readonly string[],
): Problem[] {
  const path = issue.path.filter((step): step is string | number => typeof step !== 'symbol')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => ({
      file,
      ...document.locate(path, key),
      key: dotted([...path, key]),
      message:
        path.length === 0 && operatorOnly.includes(key)
          ? 'can be set by the operator only, in supervisor.config.yml; take it out of this file'
          : bounded(issue.message, MAX_MESSAGE),
    }))
  return [{ file, ...document.locate(path), key: dotted(path), message: bounded(messageOf(issue), MAX_MESSAGE) }]
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  if (issue.code === 'invalid_type' && !issue.message.startsWith('must')) {
    const wanted =
      issue.expected === 'object' || issue.expected === 'record' ? 'a map of keys and values' : `a ${issue.expected}`
    return `must be ${wanted}`
  }
  return issue.message
}

function dotted(path: KeyPath): string {
  const text = path.reduce<string>(
    (before, step) => (typeof step === 'number' ? `${before}[${step}]` : before === '' ? step : `${before}.${step}`),
    '',
  )
  return bounded(text, MAX_KEY)
}

/** Keys come from the file: they are shown to people, so nothing invisible and nothing long. */
function bounded(text: string, max: number): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, max)
}
