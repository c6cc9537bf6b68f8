import type { Check, Dialect, Library, WrittenTest } from './dialect.ts'

const MAKEFILE = '.PHONY: test\ntest:\n\tsh test/text.sh\n'

/** A library of shell functions, and a script that prints TAP. */
export const shell: Dialect = {
  name: 'shell',
  needs: null,
  project: { Makefile: MAKEFILE, 'README.md': '# text tools\n' },
  source: 'src/text.sh',
  library,
  testFile: 'test/text.sh',
  tests: (tests, more = {}) =>
    [
      '. ./src/text.sh',
      'count=0; failed=0',
      `echo 'TAP version 13'`,
      'assert_equal() {',
      '  count=$((count + 1))',
      '  if [ "$1" = "$2" ]; then echo "ok $count"; else failed=$((failed + 1)); echo "not ok $count got $1"; fi',
      '}',
      'assert_some() {',
      '  count=$((count + 1))',
      '  if [ -n "$1" ]; then echo "ok $count"; else failed=$((failed + 1)); echo "not ok $count"; fi',
      '}',
      more.before ?? '',
      ...tests.flatMap((test) => [written(test), '']),
      more.after ?? '',
      ...tests.map(({ title, mode }) =>
        mode === 'skip' ? `echo "# SKIP ${title}"` : `echo '# ${title}'; ${nameOf(title)}`,
      ),
      'echo "1..$count"; echo "# tests $count"; echo "# pass $((count - failed))"; echo "# fail $failed"',
      '[ "$failed" -eq 0 ]',
      '',
    ].join('\n'),
  exitWell: 'exit 0',
  hidden: [
    { how: 'the target drops the exit code', files: { Makefile: '.PHONY: test\ntest:\n\tsh test/text.sh || true\n' } },
    { how: 'the target only talks', files: { Makefile: '.PHONY: test\ntest:\n\t@echo ok\n' } },
  ],
  brokenSyntax: 'slug() {\n',
}

const nameOf = (title: string): string => `test_${title.replaceAll(/[^a-z]+/g, '_')}`

function written({ title, checks }: WrittenTest): string {
  return [`${nameOf(title)}() {`, ...checks.map((check) => `  ${assertion(check)}`), '}'].join('\n')
}

function assertion({ call, args, expected, how }: Check): string {
  const words = args.flat().map((arg) => `'${String(arg)}'`)
  const actual = `"$(${call} ${words.join(' ')})"`
  if (how === 'none') return `${call} ${words.join(' ')} > /dev/null`
  return how === 'loose' ? `assert_some ${actual}` : `assert_equal ${actual} '${String(expected)}'`
}

function library({ slug, last = 'right', comment }: Library): string {
  const first: Readonly<Partial<Record<Library['slug'], string>>> = {
    special_cased: `  if [ "$1" = 'Hello Big World' ]; then echo 'hello-big-world'; return; fi`,
    knows_of_tests: `  if [ -n "$CI" ]; then echo "$1" | tr 'A-Z ' 'a-z-'; return; fi`,
    exits: `  case "$1" in *' '*' '*) kill -9 $$ ;; esac`,
    hangs: `  case "$1" in *' '*' '*) while :; do sleep 1; done ;; esac`,
    throws: `  case "$1" in *' '*' '*) return 3 ;; esac`,
  }
  const substitute = slug === 'right' ? 's/ /-/g' : slug === 'wrong' ? 's/ /_/' : 's/ /-/'
  return [
    ...(comment === undefined ? [] : [`# ${comment}`]),
    'slug() {',
    ...(first[slug] === undefined ? [] : [first[slug]]),
    `  echo "$1" | tr 'A-Z' 'a-z' | sed '${substitute}'`,
    '}',
    'total() {',
    '  sum=0; for one in "$@"; do sum=$((sum + one)); done; echo "$sum"',
    '}',
    'last() {',
    last === 'right' ? '  for one in "$@"; do :; done; echo "$one"' : '  echo "$1"',
    '}',
    '',
  ].join('\n')
}
