import type { Evidence, EvidenceKind, EvidenceVerdict } from '../../task/evidence.ts'
import type { ResultForm } from '../../task/form.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { notRun } from '../not-run.ts'
import { type ReadAnswer, readAnswer, sectionOf } from './read-markdown.ts'
import { recordsIn, statedCount } from './records.ts'
import { isThere, linkedPaths, referencesOf } from './references.ts'

export interface AnswerFacts {
  readonly answer: string
  readonly form: ResultForm
  /** Paths of the repository at the commit that the task was read at; null = it could not be listed. */
  readonly files: readonly string[] | null
  /** Names of the documents that were delivered beside the answer. */
  readonly documents: readonly string[]
}

/** Whether a result in words has the form that the plan says, as far as looking at it can tell (SPEC 9.7). */
export function formEvidence({ answer, form, files, documents }: AnswerFacts): Evidence[] {
  const read = readAnswer(answer)
  return [
    ...form.documents
      .filter((name) => !documents.includes(name) && sectionNamed(read, name) === null)
      .map((name) => found(`${name} is delivered`, 'artifact', 'fail', 'document_missing', '')),
    ...(form.sections.length > 0 ? [sections(read, form.sections)] : []),
    ...(form.maxWords === null ? [] : [length(read, form.maxWords)]),
    ...(form.sources ? sources(read, files) : []),
    ...links(read, files, form.sources),
    ...(form.decision ? [decision(read)] : []),
    ...(form.data ? [data(read)] : []),
  ]
}

const sectionNamed = (read: ReadAnswer, document: string): string | null =>
  sectionOf(read, document.replace(/\.[a-z]+$/, '').replaceAll('-', ' '))

function sections(read: ReadAnswer, wanted: readonly string[]): Evidence {
  const missing = wanted.filter((name) => (sectionOf(read, name) ?? '').trim() === '')
  const criterion = `It has the ${wanted.length === 1 ? 'section' : 'sections'} ${wanted.join(', ')}`
  return missing.length === 0
    ? found(criterion, 'schema', 'pass', null, `${wanted.length} of ${wanted.length}`)
    : found(criterion, 'schema', 'fail', 'section_missing', `missing or empty: ${missing.join(', ')}`)
}

function length({ words }: ReadAnswer, maxWords: number): Evidence {
  const isShort = words <= maxWords
  const seen = `${words} words`
  return found(
    `It has at most ${maxWords} words`,
    'output',
    isShort ? 'pass' : 'fail',
    isShort ? null : 'too_long',
    seen,
  )
}

function sources(read: ReadAnswer, files: readonly string[] | null): Evidence[] {
  const { inside, outside, entries, unknownNumbers } = referencesOf(read)
  const criterion = 'It names its sources'
  const seen = `${entries} named: ${inside.length} in the repository, ${outside.length} elsewhere`
  const named = entries > 0 || inside.length > 0 || outside.length > 0
  const wrong = unknownNumbers.map((n) => `[${n}]`)
  const all = !named
    ? found(criterion, 'output', 'fail', 'sources_missing', '')
    : wrong.length > 0
      ? found(criterion, 'output', 'fail', 'source_not_found', `cited and not listed: ${wrong.join(', ')}`)
      : found(criterion, 'output', 'pass', null, seen)
  return [
    all,
    ...(inside.length > 0 ? [exist('Sources in the repository exist', inside, files, 'source_not_found')] : []),
    // What stands elsewhere was not fetched: that is told, and neither counts for nor against.
    ...(outside.length > 0
      ? [
          {
            ...notRun('Sources elsewhere say what is said of them', 'file', 'source_not_fetched', null),
            excerpt: outside.slice(0, 20).join('\n'),
          },
        ]
      : []),
  ]
}

/** Links of the whole answer, where they are not sources already. */
function links(read: ReadAnswer, files: readonly string[] | null, counted: boolean): Evidence[] {
  const paths = linkedPaths(read)
  return counted || paths.length === 0
    ? []
    : [exist('Links into the repository lead somewhere', paths, files, 'link_broken')]
}

function exist(
  criterion: string,
  paths: readonly string[],
  files: readonly string[] | null,
  reason: ReasonCode,
): Evidence {
  if (files === null) return found(criterion, 'file', 'inconclusive', 'repository_not_read', '')
  const missing = paths.filter((path) => !isThere(path, files))
  return missing.length === 0
    ? found(criterion, 'file', 'pass', null, `${paths.length} of ${paths.length}`)
    : found(criterion, 'file', 'fail', reason, missing.slice(0, 20).join('\n'))
}

/** Options as rows of a table or items of a list, criteria as columns or a word, and a recommendation. */
function decision(read: ReadAnswer): Evidence {
  const criterion = 'It compares options by criteria and recommends one'
  const [head, ...rows] = read.rows
  const items = read.prose.match(/^\s*(?:[-*]|\d{1,2}[.)])\s+\S/gm)?.length ?? 0
  const missing = [
    ...(rows.length >= 2 ||
    items >= 2 ||
    read.sections.filter(({ title }) => /option|alternative/i.test(title)).length >= 2
      ? []
      : ['two options or more']),
    ...((head?.length ?? 0) >= 2 || /criteri/i.test(read.prose) ? [] : ['criteria']),
    ...(/recommend|suggest|\bchoose\b|\bgo with\b|\btake\b/i.test(read.prose) ? [] : ['a recommendation']),
  ]
  return missing.length === 0
    ? found(criterion, 'schema', 'pass', null, 'options, criteria, recommendation')
    : found(criterion, 'schema', 'fail', 'decision_incomplete', `missing: ${missing.join(', ')}`)
}

function data(read: ReadAnswer): Evidence {
  const criterion = 'The data can be read by a program, and are as many as it says'
  const records = recordsIn(read)
  if (records === null) return found(criterion, 'schema', 'fail', 'data_unreadable', '')
  const stated = statedCount(read.prose)
  const seen =
    `${records.count} ${records.count === 1 ? 'record' : 'records'} of ${records.format}: ${records.fields.slice(0, 20).join(', ')}`.slice(
      0,
      500,
    )
  if (stated === null) return found(criterion, 'schema', 'inconclusive', 'counts_not_stated', seen)
  return stated === records.count
    ? found(criterion, 'schema', 'pass', null, seen)
    : found(criterion, 'schema', 'fail', 'counts_differ', `${seen}; it says ${stated}`)
}

const found = (
  criterion: string,
  kind: EvidenceKind,
  verdict: EvidenceVerdict,
  reasonCode: ReasonCode | null,
  excerpt: string,
): Evidence => ({
  criterion,
  kind,
  required: true,
  command: null,
  exitCode: null,
  durationMs: 0,
  counts: null,
  excerpt,
  artifactHash: null,
  commit: null,
  verdict,
  reasonCode,
})
