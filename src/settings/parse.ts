import type { z } from 'zod'
import { explain } from './explain.ts'
import { OPERATOR_ONLY_SHAPE, operatorSchema } from './operator-schema.ts'
import { repositorySchema } from './repository-schema.ts'
import type { OperatorSettings, Parsed, Problem, RepositorySettings } from './settings.ts'
import { MAX_SETTINGS_BYTES, readYaml, type YamlDocument } from './yaml-document.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What holds where the operator's file says nothing (SPEC 12.3): the careful choice for every key. */
export const DEFAULT_OPERATOR_SETTINGS: OperatorSettings = {
  automation: 'cautious',
  prefer: {},
  verify: null,
  setup: null,
  protected: [],
  approvals: { required: 1, requesterCounts: true, expiresMs: 7 * DAY },
  rules: [],
  merge: 'never',
  ci: { waitMs: 30 * MINUTE, required: 'auto' },
  limits: { budgetUsd: 5, timeMs: 30 * MINUTE, files: 100, bytes: 1_000_000, repairs: 2, followUps: 3, parallel: 2 },
  commands: { aliases: false },
  labels: { trigger: 'supervise', states: false },
  results: { as: 'comment', folder: 'docs' },
  skills: { allow: [] },
  backends: {},
  sandbox: 'required',
  network: { agent: [], setup: ['detected'], verify: [] },
  sandboxPaths: [],
  installations: { allow: [] },
  budgets: { taskMaxUsd: 20, repoDayUsd: 25, installationDayUsd: 100, perUserHour: 10 },
  concurrency: 4,
  dataDir: '.supervisor',
  retention: { workspacesMs: 7 * DAY, artifactsMs: 90 * DAY },
}

/**
 * The operator's file (YAML, or JSON, which is YAML), with the defaults filled in.
 * @param file its name, for the problems; the file itself is not touched
 */
export function parseOperatorSettings(text: string, file: string): Parsed<OperatorSettings> {
  const parsed = read(text, file, operatorSchema, [])
  if (!parsed.ok) return parsed
  const { given, document } = parsed.value
  const base = DEFAULT_OPERATOR_SETTINGS
  const value: OperatorSettings = {
    ...over(base, given),
    approvals: over(base.approvals, given.approvals),
    ci: over(base.ci, given.ci),
    limits: over(base.limits, given.limits),
    commands: over(base.commands, given.commands),
    labels: over(base.labels, given.labels),
    results: over(base.results, given.results),
    skills: over(base.skills, given.skills),
    network: over(base.network, given.network),
    installations: over(base.installations, given.installations),
    budgets: over(base.budgets, given.budgets),
    retention: over(base.retention, given.retention),
  }
  const problems = unknownBackends(value, document, file)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value }
}

/** A repository's or organisation's file, as given: tighten() combines it with the operator's. */
export function parseRepositorySettings(text: string, file: string): Parsed<RepositorySettings> {
  const parsed = read(text, file, repositorySchema, Object.keys(OPERATOR_ONLY_SHAPE))
  return parsed.ok ? { ok: true, value: parsed.value.given } : parsed
}

/** The same for a file that whoever holds it does not hand out. */
export function tooLargeToRead(file: string): Problem {
  return { file, line: 1, column: 1, key: '', message: `is too large; allowed: ${MAX_SETTINGS_BYTES} bytes` }
}

function read<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  operatorOnly: readonly string[],
): Parsed<{ given: z.output<Schema>; document: YamlDocument }> {
  const document = readYaml(text, file)
  if (!document.ok) return document
  const result = schema.safeParse(document.value.value)
  if (result.success) return { ok: true, value: { given: result.data, document: document.value } }
  return { ok: false, problems: explain(result.error.issues, document.value, file, operatorOnly) }
}

/** `given` wins, key by key, where it has a value. */
function over<T extends object>(base: T, given: { readonly [K in keyof T]?: unknown } | undefined): T {
  return { ...base, ...Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) }
}

/** The operator names what exists, so that a name without a backend is a typo. */
function unknownBackends(settings: OperatorSettings, document: YamlDocument, file: string): Problem[] {
  const known = Object.keys(settings.backends)
  return Object.entries(settings.prefer).flatMap(([capability, names]) =>
    (names ?? []).flatMap((name, index) => {
      if (known.includes(name)) return []
      const path = ['prefer', capability, index]
      const message = `must be a name from \`backends\`; there: ${known.join(', ') || 'none'}`
      return [{ file, ...document.locate(path), key: `prefer.${capability}[${index}]`, message }]
    }),
  )
}
