import picomatch from 'picomatch'
import type { DiffFacts } from '../../workspace/diff.ts'

export type FileChange = DiffFacts['files'][number]

/** What a change touches, sorted by what it means for a verification. */
export interface Touched {
  /** Tests and what lies beside them: helpers, fixtures, snapshots. */
  readonly tests: readonly FileChange[]
  /** Files that say which tests run and how. */
  readonly configs: readonly FileChange[]
  /** Everything else but prose: what the tests are about. */
  readonly product: readonly FileChange[]
}

export type IsTest = (path: string) => boolean

export function sortTouched(files: readonly FileChange[], isTest: IsTest): Touched {
  const tests: FileChange[] = []
  const configs: FileChange[] = []
  const product: FileChange[] = []
  for (const file of files) {
    const paths = file.oldPath === null ? [file.path] : [file.path, file.oldPath]
    if (paths.some(isTestConfig)) configs.push(file)
    else if (paths.some(isTest)) tests.push(file)
    else if (!paths.every(isProse)) product.push(file)
  }
  return { tests, configs, product }
}

/**
 * Which files of a repository are tests: by the conventions of the runners, and by what the base's own test commands
 * name (`node check.mjs`, `tape 'spec/*.js'`).
 * @param commands texts of the commands and of the scripts that they reach, on the base
 * @param files    paths of the base
 */
export function testFinder(commands: readonly string[], files: readonly string[]): IsTest {
  const known = new Set(files)
  const named = new Set<string>()
  const globs: string[] = []
  for (const word of commands.flatMap(wordsOf)) {
    if (known.has(word) && !isTool(word)) named.add(word)
    else if (/[*?{]/.test(word) && /\.\w+$|\}$/.test(word) && !word.startsWith('*')) globs.push(word)
  }
  const matches = globs.length === 0 ? () => false : picomatch(globs.slice(0, 20), { dot: true })
  return (path) => isTestByName(path) || named.has(path) || matches(path)
}

const TEST_DIRECTORY = /(?:^|\/)(?:tests?|__tests__|specs?|__snapshots__|__mocks__|testdata)\//
const TEST_FILE = [
  /(?:^|[/._-])(?:tests?|spec)(?:-d)?\.[cm]?[jt]sx?$/i, // a.test.js, a-test.ts, a_test.mjs, test.js, a.spec.tsx
  /(?:^|\/)test[-_.][^/]*\.[cm]?[jt]sx?$/, // test-a.js
  /(?:^|\/)(?:test_[^/]*|[^/]*_test|tests?|conftest)\.py$/,
  /_test\.(?:go|rs|exs?|cc|cpp|dart)$/,
  /(?:^|\/)[^/]*_(?:spec|test)\.rb$/,
  /(?:^|\/)[^/]*(?:Tests?|IT|Spec)\.(?:java|kt|scala|groovy|cs|php|swift)$/,
  /\.(?:bats|snap)$/,
]

function isTestByName(path: string): boolean {
  // `src/test/utils.ts` may be part of the product; `src/test/java` never is.
  if (/(?:^|\/)(?:node_modules|docs?|examples?)\//.test(path)) return false
  return TEST_DIRECTORY.test(path) || TEST_FILE.some((pattern) => pattern.test(path))
}

/** Files that steer runners, coverage and continuous integration; a package.json is looked into, not listed here. */
const CONFIG_FILE = [
  /(?:^|\/)\.(?:mocharc|taprc|nycrc|c8rc|jestrc|uvurc|avarc)(?:\.[\w.]+)?$/,
  /(?:^|\/)(?:jest|vitest|vite|ava|karma|playwright|cypress|nyc|c8|jasmine|wtr|web-test-runner)\.(?:config|conf|workspace|setup)\.[\w.]+$/,
  /(?:^|\/)vitest\.workspace\.\w+$/,
  /(?:^|\/)(?:pytest\.ini|tox\.ini|noxfile\.py|\.coveragerc|codecov\.ya?ml|\.codecov\.ya?ml)$/,
  /(?:^|\/)mocha\.opts$/,
]
const CI_FILE =
  /^(?:\.github\/(?:workflows|actions)\/.+|\.github\/supervisor\.ya?ml|\.gitlab-ci\.yml|\.circleci\/.+|\.travis\.yml|azure-pipelines\.yml|\.?appveyor\.yml|Jenkinsfile)$/

export const isCiFile = (path: string): boolean => CI_FILE.test(path)
export const isTestConfig = (path: string): boolean =>
  isCiFile(path) || CONFIG_FILE.some((pattern) => pattern.test(path))

const isProse = (path: string): boolean =>
  /\.(?:md|markdown|rst|txt|adoc)$/i.test(path) || /(?:^|\/)(?:LICEN[CS]E|CHANGELOG|AUTHORS|NOTICE)[^/]*$/.test(path)

/** Words of a shell command, without quotes; nothing is run, so that this needs no more than a good guess. */
function wordsOf(command: string): string[] {
  return command
    .split(/[\s"'`;&|()=]+/)
    .map((word) => word.replace(/^\.\//, ''))
    .filter((word) => word !== '' && !word.startsWith('-') && !word.startsWith('node_modules/'))
}

/** A program of the repository that runs the tests is no test. */
const isTool = (path: string): boolean =>
  /^(?:scripts?|tools?|bin|build|tasks?|lib|src|dist)\//.test(path) ||
  /^(?:package\.json|Makefile|tsconfig[\w.]*\.json)$/.test(path)
