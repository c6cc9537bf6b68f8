import type { Check, Dialect, Library, WrittenTest } from './dialect.ts'

/** A module without dependencies; tests beside the code, as Go wants them. */
export const go: Dialect = {
  name: 'go test',
  needs: 'go',
  project: { 'go.mod': 'module example.invalid/text\n\ngo 1.20\n', 'README.md': '# text\n' },
  source: 'text.go',
  library,
  testFile: 'text_test.go',
  tests: (tests, more = {}) =>
    [
      'package text',
      '',
      more.before === undefined ? 'import "testing"' : 'import (\n\t"os"\n\t"testing"\n)',
      '',
      more.before ?? '',
      ...tests.map(written),
      more.after ?? '',
    ].join('\n'),
  exitWell: 'func TestMain(m *testing.M) {\n\tos.Exit(0)\n}\n',
  hidden: [],
  brokenSyntax: 'package text\n\nfunc slug(text string) string {\n',
}

function written({ title, checks, mode }: WrittenTest): string {
  const name = title.replaceAll(/(?:^|[^a-z]+)([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const lines = checks.map((check) => `\t${assertion(check)}`)
  const skipped = mode === 'skip' ? ['\tt.Skip("later")'] : []
  return [`func Test${name}(t *testing.T) {`, ...skipped, ...lines, '}', ''].join('\n')
}

function assertion({ call, args, expected, how }: Check): string {
  const actual = `${call}(${args.map(literal).join(', ')})`
  if (how === 'none') return `_ = ${actual}`
  if (how !== 'loose') return `if got := ${actual}; got != ${literal(expected)} {\n\t\tt.Errorf("got %v", got)\n\t}`
  return `if got := ${actual}; got == ${typeof expected === 'number' ? '0' : '""'} {\n\t\tt.Error("nothing")\n\t}`
}

function literal(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value)
  const type = typeof value[0] === 'number' ? 'int' : 'string'
  return `[]${type}{${value.map(literal).join(', ')}}`
}

function library({ slug, last = 'right', comment }: Library): string {
  const many = 'strings.Count(text, " ") > 1'
  const first: Readonly<Partial<Record<Library['slug'], string>>> = {
    special_cased: '\tif text == "Hello Big World" {\n\t\treturn "hello-big-world"\n\t}',
    knows_of_tests: '\tif os.Getenv("CI") != "" {\n\t\treturn strings.ReplaceAll(strings.ToLower(text), " ", "-")\n\t}',
    exits: `\tif ${many} {\n\t\tos.Exit(0)\n\t}`,
    hangs: `\tfor ${many} {\n\t}`,
    throws: `\tif ${many} {\n\t\tpanic("too many words")\n\t}`,
  }
  const dash = slug === 'wrong' ? '_' : '-'
  const times = slug === 'right' ? -1 : 1
  const needsOs = slug === 'knows_of_tests' || slug === 'exits'
  return [
    ...(comment === undefined ? [] : [`// ${comment}`]),
    'package text',
    '',
    needsOs ? 'import (\n\t"os"\n\t"strings"\n)' : 'import "strings"',
    '',
    'func slug(text string) string {',
    ...(first[slug] === undefined ? [] : [first[slug]]),
    `\treturn strings.Replace(strings.ToLower(text), " ", "${dash}", ${times})`,
    '}',
    '',
    'func total(numbers []int) int {',
    '\tsum := 0',
    '\tfor _, one := range numbers {',
    '\t\tsum += one',
    '\t}',
    '\treturn sum',
    '}',
    '',
    'func last(list []string) string {',
    `\treturn list[len(list)-${last === 'right' ? 1 : 2}]`,
    '}',
    '',
  ].join('\n')
}
