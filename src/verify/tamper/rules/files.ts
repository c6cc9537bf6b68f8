import { changedRunnerKeys } from '../../before-after/manifest.ts'
import { type FileChange, isCiFile, isTestConfig, type Touched } from '../../before-after/touched.ts'
import type { Finding, TamperingRule } from '../../findings.ts'

/** Files whose very change is a finding: what steers tests and coverage, what CI runs, snapshots that were rewritten. */
export function changedFiles(touched: Touched, manifests: { base: string | null; head: string | null }): Finding[] {
  const find = (rule: TamperingRule, file: FileChange, what: string): Finding => ({
    rule,
    file: file.path,
    line: null,
    what,
    weight: 'blocking',
  })
  const configs = touched.configs.map((file) =>
    find(isCiFile(file.path) ? 'ci_changed' : 'test_config_changed', file, file.status),
  )
  // A new snapshot says nothing of an old one; only lines that went had said something.
  const snapshots = touched.tests.filter(
    (file) => isSnapshot(file.path) && file.status !== 'added' && (file.deleted > 0 || file.binary),
  )
  const keys = changedRunnerKeys(manifests.base, manifests.head).map(
    (key): Finding => ({
      rule: 'test_config_changed',
      file: 'package.json',
      line: null,
      what: `the key ${key}`,
      weight: 'blocking',
    }),
  )
  return [
    ...configs,
    ...snapshots.map((file) => find('snapshot_changed', file, `${file.status}, −${file.deleted}`)),
    ...keys,
  ]
}

const isSnapshot = (path: string): boolean =>
  /\.snap(?:\.\w+)?$|(?:^|\/)(?:__snapshots__|tap-snapshots|snapshots)\//.test(path)

/** Sections of files that hold more than the configuration of tests. */
const SECTIONS: readonly { readonly file: RegExp; readonly section: RegExp }[] = [
  { file: /(?:^|\/)pyproject\.toml$/, section: /^\[tool\.(?:pytest|coverage|tox|nox)[^\]]*\]/ },
  { file: /(?:^|\/)setup\.cfg$/, section: /^\[(?:tool:pytest|pytest|coverage[^\]]*|tox[^\]]*)\]/ },
  { file: /(?:^|\/)Cargo\.toml$/, section: /^\[(?:\[(?:test|bench)\]|profile\.test)[^\]]*\]?/ },
]

export const hasTestSections = (path: string): boolean => SECTIONS.some(({ file }) => file.test(path))

export function changedSections(path: string, before: string | null, after: string | null): Finding[] {
  const section = SECTIONS.find(({ file }) => file.test(path))?.section
  if (section === undefined || sectionsOf(before, section) === sectionsOf(after, section)) return []
  return [
    { rule: 'test_config_changed', file: path, line: null, what: 'sections that steer tests', weight: 'blocking' },
  ]
}

function sectionsOf(text: string | null, wanted: RegExp): string {
  let isIn = false
  const kept = (text ?? '').split('\n').filter((line) => {
    if (line.startsWith('[')) isIn = wanted.test(line)
    return isIn && line.trim() !== '' && !line.startsWith('#')
  })
  return kept.join('\n')
}

const INSTALLED = /(?:^|\/)(?:node_modules|\.yarn|site-packages|\.?venv)\/|(?:^|\/)\.pnp\.[cm]?js$/

/** Packages that a change brings along: the program that runs the tests may be one of them. Told once, by the first. */
export function changedPackages(touched: Touched): Finding[] {
  const [first, ...others] = [...touched.tests, ...touched.configs, ...touched.product].filter(({ path }) =>
    INSTALLED.test(path),
  )
  if (first === undefined) return []
  const what = `an installed package${others.length === 0 ? '' : ` and ${others.length} more files of such`}; it may run the tests`
  return [{ rule: 'verify_command_changed', file: first.path, line: null, what, weight: 'blocking' }]
}

/** A program of the repository that the commands start, and that decides which tests run: `node scripts/test.js`. */
export function changedRunners(touched: Touched, reached: readonly string[]): Finding[] {
  return [...touched.product, ...touched.tests]
    .filter(
      ({ path }) =>
        /^(?:scripts?|tools?|bin|build|tasks?|ci)\//.test(path) ||
        /\.(?:sh|bash|mk)$|(?:^|\/)[\w-]*[Mm]akefile$/.test(path),
    )
    .filter(({ path }) => !isTestConfig(path) && reached.some((text) => text.includes(path)))
    .map(({ path, status }) => ({
      rule: 'verify_command_changed',
      file: path,
      line: null,
      what: `${status}; the commands run it`,
      weight: 'blocking',
    }))
}
