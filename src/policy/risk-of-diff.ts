import picomatch from 'picomatch'
import type { Risk, TaskType } from '../task/task.ts'
import { RISKS } from '../task/task.ts'
import { isProtected, isWorkflowFile } from './protected-paths.ts'

/** One changed file as the diff shows it; the shape of workspace's `DiffFacts.files`. */
export interface ChangedFile {
  readonly path: string
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'mode'
  readonly added: number
  readonly deleted: number
  readonly binary: boolean
  readonly oldPath: string | null
}

interface DiffRisk {
  readonly risk: Risk
  /** Names of the checks that raised it, for the log and for `why`. */
  readonly reasons: readonly string[]
}

const OPTIONS = { dot: true, nocase: true } as const
const OUTSIDE = picomatch(
  [
    '**/{terraform,infra,infrastructure,deploy,deployment,deployments,k8s,kubernetes,helm,charts,ansible,pulumi,cdk}/**',
    '**/*.{tf,tfvars,tfstate,hcl,bicep}',
  ],
  OPTIONS,
)
const SECRET_FILES = picomatch(
  [
    '**/*.{pem,key,p12,pfx,jks,keystore,kdbx,asc}',
    '**/{.env,.env.*,.netrc,.npmrc,.pypirc,.htpasswd,id_rsa*,id_ed25519*,credentials,credentials.json,secrets.y*ml}',
  ],
  OPTIONS,
)
const SENSITIVE =
  /(?:^|[/._-])(?:auth(?:n|z|entication|enticat\w{1,3}|orization|oriz\w{1,3})?|oauth\d?|login|sso|saml|jwt|password\w{0,2}|permission\w?|rbac|acl|payments?|billing|checkout|invoic\w{1,4}|crypto\w{0,8}|encrypt\w{0,4}|security|secrets?|csrf|sandbox)(?=[/._-]|$)/i
const MIGRATIONS = picomatch(['**/{migrations,migrate}/**', '**/*.sql', '**/schema.{prisma,rb,sql}'], OPTIONS)
const TESTS = picomatch(
  [
    '**/{test,tests,__tests__,spec,specs}/**',
    '**/*.{test,spec}.*',
    '**/*_test.*',
    '**/test_*.*',
    '**/__snapshots__/**',
  ],
  OPTIONS,
)
const DOCS = picomatch(
  ['**/*.{md,mdx,rst,adoc,txt,png,jpg,jpeg,gif,svg}', '**/{docs,doc}/**', '**/{LICENSE,README,CHANGELOG,AUTHORS}*'],
  OPTIONS,
)

/** Sizes from which a reviewer no longer sees the whole change at once. */
const MANY_FILES = 20
const MANY_LINES = 600
const MANY_DELETED_FILES = 10

const namesOf = (f: ChangedFile): readonly string[] => (f.oldPath === null ? [f.path] : [f.path, f.oldPath])
const any = (files: readonly ChangedFile[], test: (path: string) => boolean): boolean =>
  files.some((f) => namesOf(f).some(test))

interface Check {
  readonly name: string
  readonly risk: Risk
  readonly holds: (files: readonly ChangedFile[], input: DiffRiskInput) => boolean
}

const CHECKS: readonly Check[] = [
  { name: 'workflow_files', risk: 'high', holds: (files) => any(files, isWorkflowFile) },
  { name: 'deployment_files', risk: 'high', holds: (files) => any(files, (p) => OUTSIDE(p)) },
  { name: 'secret_files', risk: 'high', holds: (files) => any(files, (p) => SECRET_FILES(p)) },
  {
    name: 'many_deleted_files',
    risk: 'high',
    holds: (files) => files.filter((f) => f.status === 'deleted').length >= MANY_DELETED_FILES,
  },
  {
    name: 'protected_paths',
    risk: 'medium',
    holds: (files, input) => any(files, (p) => isProtected(p, input.protectedPaths)),
  },
  { name: 'sensitive_area', risk: 'medium', holds: (files) => any(files, (p) => SENSITIVE.test(p) && !DOCS(p)) },
  { name: 'migrations', risk: 'medium', holds: (files) => any(files, (p) => MIGRATIONS(p)) },
  { name: 'deleted_files', risk: 'medium', holds: (files) => files.some((f) => f.status === 'deleted') },
  {
    name: 'fewer_test_lines',
    risk: 'medium',
    holds: (files) => files.some((f) => TESTS(f.path) && f.deleted > f.added),
  },
  { name: 'binary_files', risk: 'medium', holds: (files) => files.some((f) => f.binary && !DOCS(f.path)) },
  { name: 'file_modes', risk: 'medium', holds: (files) => files.some((f) => f.status === 'mode') },
  { name: 'many_files', risk: 'medium', holds: (files) => files.length > MANY_FILES },
  {
    name: 'many_lines',
    risk: 'medium',
    holds: (files) => files.reduce((n, f) => n + f.added + f.deleted, 0) > MANY_LINES,
  },
  {
    name: 'more_than_text',
    risk: 'medium',
    holds: (files, input) => input.type === 'writing' && files.some((f) => !DOCS(f.path)),
  },
]

interface DiffRiskInput {
  /** What the task said it was: a text that changes code is not what was admitted. */
  readonly type: TaskType
  readonly files: readonly ChangedFile[]
  /** Globs of the settings, added to the built-in list. */
  readonly protectedPaths: readonly string[]
}

/** Risk of what was really changed, whatever was promised (SPEC 4.1). */
export function riskOfDiff(input: DiffRiskInput): DiffRisk {
  const found = CHECKS.filter((check) => check.holds(input.files, input))
  const risk = found.reduce<Risk>((r, c) => (RISKS.indexOf(c.risk) > RISKS.indexOf(r) ? c.risk : r), 'low')
  return { risk, reasons: found.map((c) => c.name) }
}

/** Every name that the change touches, old ones of renamed files too: what `PolicyFacts.diff.files` must hold. */
export const pathsOfDiff = (files: readonly ChangedFile[]): readonly string[] => [...new Set(files.flatMap(namesOf))]
