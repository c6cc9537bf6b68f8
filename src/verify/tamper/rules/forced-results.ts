import type { Finding, TamperingRule } from '../../findings.ts'
import type { PatchLine } from '../patch-lines.ts'

interface LineRule {
  readonly rule: TamperingRule
  readonly pattern: RegExp
  /** Which files it is about; default all. */
  readonly files?: RegExp
}

const SCRIPT = /(?:\.(?:sh|bash|mk|ya?ml)|(?:^|\/)(?:Makefile|GNUmakefile|makefile|justfile|Dockerfile|[\w-]+))$/
const JAVASCRIPT = /\.[cm]?[jt]sx?$/
const PYTHON = /\.py$/

/** What an added line in tests, their set-up, configuration or scripts can do to turn a red run green. */
const LINE_RULES: readonly LineRule[] = [
  {
    rule: 'early_exit',
    pattern:
      /\bprocess\s*(?:\.\s*(?:exit|reallyExit)|\[['"]exit['"]\])\s*\(\s*(?:0|process\.exitCode|null|undefined|false)?\s*\)/,
    files: JAVASCRIPT,
  },
  {
    rule: 'early_exit',
    pattern:
      /\b(?:sys\.exit|os\._exit|pytest\.exit)\(\s*(?:0|None)?\s*\)|raise\s+SystemExit(?:\(\s*(?:0|None)?\s*\))?\s*$/,
    files: PYTHON,
  },
  { rule: 'early_exit', pattern: /\bos\.Exit\(0\)/, files: /_test\.go$/ },
  { rule: 'early_exit', pattern: /^\s*exit(?:\s+0)?\s*$/, files: SCRIPT },
  {
    rule: 'forced_result',
    pattern:
      /\bprocess\.exitCode\s*=|\bprocess\.(?:on|once|prependListener)\(\s*['"](?:exit|beforeExit|uncaughtException|unhandledRejection)/,
    files: JAVASCRIPT,
  },
  {
    rule: 'forced_result',
    pattern:
      /\b(?:assert|chai|expect|console|globalThis|global|process\.stdout|Test|Runner|Mocha|Reporter)(?:\.prototype)?(?:\.\w+){0,3}\.(?:equal|strictEqual|deepEqual|deepStrictEqual|ok|throws|write|emit|toBe|toEqual|prototype|test|it|describe|assert|expect|fail|end|_assert|log)\s*=(?!=)/,
    files: JAVASCRIPT,
  },
  {
    rule: 'forced_result',
    pattern: /\bglobal(?:This)?\.(?:it|test|describe|expect|assert)\b\s*=(?!=)/,
    files: JAVASCRIPT,
  },
  {
    rule: 'forced_result',
    pattern:
      /def\s+pytest_(?:runtest_\w+|sessionfinish|collection_modifyitems|exception_interact|report\w*|ignore_collect|collect_file|pyfunc_call|unconfigure|cmdline_main|assertion_pass)\b|\bsession\.exitstatus\s*=|\b(?:rep|report|outcome|result)\.(?:outcome|passed|failed)\s*=|\.force_result\(|setattr\(\s*\w*(?:TestCase|unittest)/,
    files: PYTHON,
  },
  { rule: 'forced_result', pattern: /\bunittest\.TestCase\.(?:assert\w+|fail\w*|run)\s*=/, files: PYTHON },
  {
    rule: 'swallowed_exit_code',
    pattern:
      /\|\|\s*(?:true|:|exit 0|echo\b)|;\s*(?:true|exit 0)\s*(?:$|["'])|\bset \+e\b|\bcontinue-on-error:\s*true|\bignore_(?:errors|outcome):\s*(?:true|yes)|--no-bail\b|\|\s*cat\s*$/,
    files: SCRIPT,
  },
  {
    rule: 'forced_result',
    pattern:
      /--pass-?[wW]ith-?[nN]o-?[tT]ests|\bpassWithNoTests\s*[:=]\s*true|\ballow-?[eE]mpty\b|--test-name-pattern\b/,
  },
]

/** @param added lines of one file that is no product: a test, its helper, set-up, configuration, script */
export function forcedResults(file: string, added: readonly PatchLine[]): Finding[] {
  const findings: Finding[] = []
  for (const { line, text } of added) {
    if (isComment(text)) continue
    const hit = LINE_RULES.find(
      ({ pattern, files }) => (files?.test(file) ?? true) && isOutsideText(pattern.exec(text)),
    )
    if (hit === undefined) continue
    // A program that tests start, or a file that they read, ends as it likes.
    const weight = hit.rule === 'early_exit' && /(?:^|\/)(?:fixtures?|testdata)\//.test(file) ? 'notice' : 'blocking'
    findings.push({ rule: hit.rule, file, line, what: text.trim().slice(0, 200), weight })
  }
  return findings
}

/**
 * The product itself ends the program well. A command line may; anything else that does so takes the tests with it.
 * @param source the file as the change has it
 */
export function exitsOfProduct(file: string, source: string, added: readonly PatchLine[]): Finding[] {
  if (
    source.startsWith('#!') ||
    /(?:^|\/)(?:bin|cli|cmd|scripts?|server)(?:\/|[\w.-]*$)|(?:^|\/)(?:main|__main__)\.\w+$/.test(file)
  )
    return []
  return forcedResults(file, added).filter(({ rule }) => rule === 'early_exit')
}

export const isComment = (text: string): boolean => /^\s*(?:\/\/|#(?!!)|\*|\/\*|<!--|--\s)/.test(text)

/** `spawn('node', ['-e', 'process.exit()'])` exits somewhere else. */
function isOutsideText(match: RegExpExecArray | null): boolean {
  if (match === null) return false
  const before = match.input.slice(0, match.index)
  return ["'", '"', '`'].every((quote) => before.split(quote).length % 2 === 1)
}
