import picomatch from 'picomatch'
import { findSecrets } from '../redact/find-secrets.ts'
import type { Evidence } from '../task/evidence.ts'
import type { HeaderRule } from '../task/plan.ts'
import type { DiffFacts } from '../workspace/diff.ts'
import { excerptOf } from './commands/clean-output.ts'
import { notRun } from './not-run.ts'

/** A header stands at the top; a line for the interpreter and an encoding may stand before it. */
const HEADER_LINES = 30
/** New files beyond this are named as not looked at. */
const MAX_FILES = 1_000
const MAX_NAMED = 50

/**
 * A secret in the change is a stop: nothing with it is green, and none of it is shown. Only where one is found is there a
 * row. The shapes are those that are unlikely to be an example.
 */
export function secretEvidence(diff: DiffFacts, commit: string): Evidence[] {
  const found = findSecrets(diff.patch)
  if (found.length === 0) return []
  const places = found.map(({ rule, index }) => `${placeOf(diff.patch, index)}: ${rule}`)
  const row = notRun('No secret in the change', 'diff', 'secret_in_diff', commit)
  const excerpt = excerptOf([...new Set(places)].slice(0, MAX_NAMED).join('\n'))
  return [{ ...row, required: true, verdict: 'inconclusive', excerpt }]
}

/** The file in whose part of the patch the position lies. */
function placeOf(patch: string, index: number): string {
  const at = patch.lastIndexOf('\n+++ ', index)
  const line = at === -1 ? '' : (patch.slice(at + 5, at + 1_000).split('\n')[0] ?? '')
  return line.replace(/^"?b\//, '').replace(/"$/, '') || 'the change'
}

/**
 * New files begin with the header that the settings want of them, a licence for example. Files that were there already are
 * not asked for one.
 * @param read a file as the change has it
 */
export async function headerEvidence(
  diff: DiffFacts,
  rules: readonly HeaderRule[],
  read: (path: string) => Promise<string | null>,
  commit: string,
): Promise<Evidence[]> {
  if (rules.length === 0) return []
  const wanted = rules.map(({ paths, text }) => ({ matches: picomatch([...paths], { dot: true }), text }))
  const missing: string[] = []
  const added = diff.files.filter(({ status, binary }) => status === 'added' && !binary)
  for (const { path } of added.slice(0, MAX_FILES)) {
    const texts = wanted.filter(({ matches }) => matches(path)).map(({ text }) => text)
    if (texts.length === 0) continue
    const head = ((await read(path)) ?? '').split('\n').slice(0, HEADER_LINES).join('\n')
    for (const text of texts) if (!head.includes(text)) missing.push(`${path}: ${text}`)
  }
  if (added.length > MAX_FILES) missing.push(`${added.length - MAX_FILES} more files were not looked at`)
  const row = {
    ...notRun('New files begin with their header', 'diff', 'header_missing', commit),
    required: true,
  } as const
  return missing.length === 0
    ? [{ ...row, verdict: 'pass', reasonCode: null }]
    : [{ ...row, verdict: 'fail', excerpt: excerptOf(missing.slice(0, MAX_NAMED).join('\n')) }]
}
