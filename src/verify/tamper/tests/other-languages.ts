import type { Assertion, TestCase, TestFile } from './test-case.ts'

interface Language {
  readonly files: RegExp
  /** The first line of a test, with its name. */
  readonly test: RegExp
  /** What makes a test not run, in it or on the lines right above. */
  readonly skip: RegExp
  readonly assertion: RegExp
}

/** Languages that are read line by line: a test goes from its first line to the bracket that closes it. */
const LANGUAGES: readonly Language[] = [
  {
    files: /\.go$/,
    test: /^func ((?:Test|Example|Fuzz)\w*)\(/,
    skip: /\bt\.Skip(?:f|Now)?\(/,
    assertion: /\bt\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\b(?:assert|require)\.\w+\(/,
  },
  {
    files: /\.rs$/,
    test: /^\s*(?:pub )?(?:async )?fn (\w+)\(/,
    skip: /#\[ignore\b/,
    assertion: /\b(?:debug_)?assert(?:_\w+)?!|\bpanic!|should_panic/,
  },
  {
    files: /\.(?:java|kt|scala|groovy)$/,
    test: /^\s*(?:public |private |internal )?(?:void|fun|def) +`?(\w[\w ]*)`?\s*\(/,
    skip: /@(?:Disabled|Ignore)\b/,
    assertion: /\b(?:assert\w*|verify|fail|expect\w*|should\w*)\s*\(/,
  },
  {
    files: /\.cs$/,
    test: /^\s*public (?:async )?(?:void|Task) (\w+)\s*\(/,
    skip: /\bSkip\s*=|\[Ignore\b/,
    assertion: /\b(?:Assert|Should)\w*\.|\.Should\(/,
  },
  {
    files: /\.rb$/,
    test: /^\s*(?:def (test_\w+)|it ['"](.{1,200})['"])/,
    skip: /^\s*(?:skip|pending|xit)\b/,
    assertion: /\b(?:assert\w*|expect|refute\w*|must_\w+)\b/,
  },
  {
    files: /\.(?:bats|sh|bash)$/,
    test: /^(?:@test ["'](.{1,200})["']|(?:function )?(test\w*) ?\(\))/,
    skip: /^\s*skip\b/,
    assertion: /^\s*(?:\[\[? |test |assert\w* |grep |diff |cmp |\w.*\|\| *(?:fail|exit 1|return 1))/,
  },
]

/** null where the language is none of these, or where a file has none of their tests. */
export function readTestsByLine(source: string, path: string): TestFile | null {
  const language = LANGUAGES.find(({ files }) => files.test(path))
  if (language === undefined) return null
  const lines = source.slice(0, 2_000_000).split('\n')
  const starts = lines.flatMap((line, at) => {
    const match = language.test.exec(line.slice(0, 500))
    const name = match?.slice(1).find((one) => one !== undefined)
    return name === undefined ? [] : [{ name, at }]
  })
  const cases = starts.map(({ name, at }, index): TestCase => {
    const rest = lines.slice(at + 1, starts[index + 1]?.at)
    const indent = /^\s*/.exec(lines[at] ?? '')?.[0] ?? ''
    const end = rest.findIndex((line) => line === `${indent}}` || line === `${indent}end`)
    const body = end === -1 ? rest : rest.slice(0, end)
    const above = lines.slice(Math.max(0, at - 3), at)
    const found = body.flatMap((line, i): Assertion[] => {
      const isOne = language.assertion.test(line.slice(0, 500)) && !/^\s*(?:\/\/|#(?!\[)|\*)/.test(line)
      return isOne ? [{ text: line.replace(/\s+/g, ''), line: at + 2 + i, strength: 2 }] : []
    })
    return {
      name,
      line: at + 1,
      isSkipped: [...above, ...body].some((line) => language.skip.test(line.slice(0, 500))),
      isFocused: false,
      assertions: found,
      otherStatements: body.filter((line) => /\w/.test(line)).length,
      body: body.join('').replace(/\s+/g, ''),
    }
  })
  return { cases, literals: new Set() }
}
