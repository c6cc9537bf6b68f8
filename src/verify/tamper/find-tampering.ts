import type { VerifyCommand } from '../../task/plan.ts'
import type { DiffFacts } from '../../workspace/diff.ts'
import { type FileChange, type IsTest, isTestConfig, type Touched } from '../before-after/touched.ts'
import type { Finding } from '../findings.ts'
import { patchLines } from './patch-lines.ts'
import { changedCommands } from './rules/commands.ts'
import { changedFiles, changedPackages, changedRunners, changedSections, hasTestSections } from './rules/files.ts'
import { exitsOfProduct, forcedResults } from './rules/forced-results.ts'
import { mockedSubjects } from './rules/mocks.ts'
import { specialCases, testOnlyBranches } from './rules/product.ts'
import { compareTests, type FileTests } from './tests/compare-tests.ts'
import { readTests } from './tests/read-tests.ts'

type ReadFile = (path: string) => Promise<string | null>

export interface TamperInput {
  readonly diff: DiffFacts
  readonly touched: Touched
  readonly isTest: IsTest
  /** Tests of the base. */
  readonly testFiles: readonly string[]
  readonly commands: readonly VerifyCommand[]
  /** Texts of the commands and the scripts that they reach. */
  readonly reached: readonly string[]
  readonly readBase: ReadFile
  readonly readHead: ReadFile
}

const MAX_FINDINGS = 200

/**
 * What in a change could turn a red run green without mending anything (SPEC 9.5). Every rule goes by the difference:
 * what the base did already is no finding. A rule may be wrong; that is why a finding asks a person and fails nothing.
 */
export async function findTampering(input: TamperInput): Promise<Finding[]> {
  const { diff, touched, commands, reached, readBase, readHead } = input
  const lines = patchLines(diff.patch)
  const addedIn = (path: string) => lines.get(path)?.added ?? []
  const findings: Finding[] = [
    ...(await changedCommands({ commands, readBase, readHead })),
    ...changedFiles(touched, { base: await readBase('package.json'), head: await readHead('package.json') }),
    ...changedRunners(touched, reached),
    ...changedPackages(touched),
    ...(await comparedTests(touched.tests, readBase, readHead)),
  ]
  if (diff.patchTruncated) findings.push(tooLarge('the change as a whole'))
  for (const { path } of [...touched.tests, ...touched.configs]) {
    findings.push(...forcedResults(path, addedIn(path)), ...mockedSubjects(path, addedIn(path), touched.product))
  }
  for (const { path } of touched.product) {
    if (hasTestSections(path)) findings.push(...changedSections(path, await readBase(path), await readHead(path)))
    if (isScript(path)) findings.push(...forcedResults(path, addedIn(path)))
    else if (/\.(?:[cm]?[jt]sx?|py)$/.test(path))
      findings.push(...exitsOfProduct(path, (await readHead(path)) ?? '', addedIn(path)))
    findings.push(...testOnlyBranches(path, addedIn(path)))
  }
  findings.push(...(await answersWrittenOut(input, addedIn)))
  return findings.slice(0, MAX_FINDINGS)
}

/** Tests of each file on both sides. A file whose tests cannot be read any more must be looked at by a person. */
async function comparedTests(files: readonly FileChange[], readBase: ReadFile, readHead: ReadFile): Promise<Finding[]> {
  const read: FileTests[] = []
  const findings: Finding[] = []
  for (const { path, oldPath, status } of files) {
    const oldText = status === 'added' ? null : await readBase(oldPath ?? path)
    const newText = status === 'deleted' ? null : await readHead(path)
    const before = oldText === null ? null : readTests(oldText, oldPath ?? path)
    const after = newText === null ? null : readTests(newText, path)
    if (status !== 'deleted' && after === null && (before?.cases.length ?? 0) > 0) findings.push(tooLarge(path))
    else read.push({ file: path, before: before?.cases ?? [], after: after?.cases ?? [] })
    if (status === 'deleted' && (before?.cases.length ?? 0) === 0 && !isBeside(path)) {
      findings.push({ rule: 'test_deleted', file: path, line: null, what: 'the whole file', weight: 'blocking' })
    }
  }
  return [...findings, ...compareTests(read)]
}

const tooLarge = (file: string): Finding => ({
  rule: 'not_looked_at',
  file,
  line: null,
  what: 'it is too large or too broken to be read',
  weight: 'blocking',
})

const isBeside = (path: string): boolean =>
  /(?:^|\/)(?:fixtures?|testdata|__snapshots__|__mocks__|helpers?)\/|\.(?:json|md|txt|snap)$/.test(path)

/** What of the product only runs, and is no program: a shell script, a Makefile. */
const isScript = (path: string): boolean =>
  /\.(?:sh|bash|mk)$|(?:^|\/)(?:GNUm|m|M)akefile$/.test(path) && !isTestConfig(path)

const MAX_TEST_FILES = 200

async function answersWrittenOut(
  { touched, testFiles, readBase, readHead }: TamperInput,
  addedIn: (path: string) => readonly { line: number; text: string }[],
): Promise<Finding[]> {
  const findings: Finding[] = []
  let literals: Set<string> | null = null
  for (const { path, status } of touched.product) {
    const source = status === 'deleted' ? null : await readHead(path)
    // Most changes have no such branch at all, and then no test need be read.
    if (
      source === null ||
      !/\b(?:if|case|elif)\b|\?/.test(
        addedIn(path)
          .map(({ text }) => text)
          .join('\n'),
      )
    )
      continue
    literals ??= await literalsOf(touched, testFiles, readBase, readHead)
    findings.push(...specialCases(path, source, addedIn(path), literals))
  }
  return findings
}

async function literalsOf(
  touched: Touched,
  testFiles: readonly string[],
  readBase: ReadFile,
  readHead: ReadFile,
): Promise<Set<string>> {
  const all = new Set<string>()
  const add = (text: string | null, path: string) => {
    const literals = text === null ? null : (readTests(text, path)?.literals ?? null)
    if (literals !== null && literals.size > 0) for (const value of literals) all.add(value)
    else for (const value of wordsAndTexts(text ?? '')) all.add(value)
  }
  for (const { path, status } of touched.tests) if (status !== 'deleted') add(await readHead(path), path)
  const programs = testFiles.filter((path) => /\.(?:[cm]?[jt]sx?|py|go|rb|sh|bats)$/.test(path))
  for (const path of programs.slice(0, MAX_TEST_FILES)) add(await readBase(path), path)
  return all
}

/** In a language without a reader: every word, and every text in quotes, also within other quotes: `"$(slug 'a b')"`. */
function wordsAndTexts(text: string): string[] {
  const words = text.match(/[A-Za-z0-9_.-]{2,80}/g)?.slice(0, 20_000) ?? []
  const single = text.match(/'[^'\n]{1,200}'/g)?.slice(0, 20_000) ?? []
  const double = text.match(/"[^"\n]{1,200}"/g)?.slice(0, 20_000) ?? []
  return [...words, ...[...single, ...double].map((one) => one.slice(1, -1))]
}
