/** Ways to a green run that proves nothing (SPEC 9.5), each with the name that is stored and shown. */
export const TAMPERING_RULES = [
  'test_deleted',
  'test_skipped',
  'test_focused',
  'test_emptied',
  'fewer_assertions',
  'assertion_loosened',
  'forced_result',
  'early_exit',
  'swallowed_exit_code',
  'test_config_changed',
  'verify_command_changed',
  'ci_changed',
  'snapshot_changed',
  'test_only_branch',
  'special_cased',
  'mocked_subject',
  'not_looked_at',
] as const
export type TamperingRule = (typeof TAMPERING_RULES)[number]

/** One place in a change that could make red tests green. */
export interface Finding {
  readonly rule: TamperingRule
  /** Untrusted. */
  readonly file: string
  /** In the change; in the base where `deleted`; null where the file as a whole is meant. */
  readonly line: number | null
  /** What was found, with words of the repository in it; untrusted, at most 200 characters. */
  readonly what: string
  /** Only a person can let a blocking one pass; a notice is told and counts for nothing. */
  readonly weight: 'blocking' | 'notice'
}

export const isBlocking = ({ weight }: Finding): boolean => weight === 'blocking'

/** `file:line rule: what`, one line each, the blocking ones first. */
export function listed(findings: readonly Finding[]): string {
  return findings
    .toSorted((a, b) => Number(isBlocking(b)) - Number(isBlocking(a)))
    .map(({ file, line, rule, what }) => `${file}${line === null ? '' : `:${line}`} ${rule}: ${what}`)
    .join('\n')
}
