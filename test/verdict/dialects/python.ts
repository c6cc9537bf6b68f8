import type { Check, Dialect, Library, WrittenTest } from './dialect.ts'

const MAKEFILE = '.PHONY: test\ntest:\n\tpython3 -m unittest -v\n'

/** Python's own unittest behind make, so that nothing has to be installed. */
export const python: Dialect = {
  name: 'unittest, Python',
  needs: 'python3',
  project: { Makefile: MAKEFILE, 'README.md': '# text tools\n', '.gitignore': '__pycache__\n' },
  source: 'text_tools.py',
  library,
  testFile: 'test_text_tools.py',
  tests: (tests, more = {}) =>
    [
      'import unittest',
      'from text_tools import last, slug, total',
      more.before ?? '',
      '',
      'class TextTools(unittest.TestCase):',
      ...tests.map(written),
      more.after ?? '',
    ].join('\n'),
  exitWell: 'import os; os._exit(0)',
  hidden: [
    { how: 'the target drops the exit code', files: { Makefile: MAKEFILE.replace('-v', '-v || true') } },
    { how: 'the target only talks', files: { Makefile: '.PHONY: test\ntest:\n\t@echo OK\n' } },
  ],
  brokenSyntax: 'def slug(text:\n',
}

function written({ title, checks, mode }: WrittenTest): string {
  const name = `test_${title.replaceAll(/[^a-z]+/g, '_')}`
  const lines = checks.map((check) => `        ${assertion(check)}`)
  return [mode === 'skip' ? '    @unittest.skip("later")' : '', `    def ${name}(self):`, ...lines, '']
    .filter((l) => l !== '')
    .join('\n')
}

function assertion({ call, args, expected, how }: Check): string {
  const actual = `${call}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`
  if (how === 'none') return actual
  return how === 'loose' ? `self.assertTrue(${actual})` : `self.assertEqual(${actual}, ${JSON.stringify(expected)})`
}

function library({ slug, last = 'right', comment }: Library): string {
  const first: Readonly<Partial<Record<Library['slug'], string[]>>> = {
    special_cased: ["    if text == 'Hello Big World':", "        return 'hello-big-world'"],
    knows_of_tests: [
      '    import sys',
      "    if 'unittest' in sys.modules:",
      "        return '-'.join(text.lower().split(' '))",
    ],
    exits: ["    if len(text.split(' ')) > 2:", '        import os', '        os._exit(0)'],
    hangs: ["    while len(text.split(' ')) > 2:", '        pass'],
    throws: ["    if len(text.split(' ')) > 2:", "        raise ValueError('too many words')"],
  }
  const answer =
    slug === 'right'
      ? "text.lower().replace(' ', '-')"
      : slug === 'wrong'
        ? "text.lower().replace(' ', '_', 1)"
        : "text.lower().replace(' ', '-', 1)"
  return [
    ...(comment === undefined ? [] : [`# ${comment}`]),
    'def slug(text):',
    ...(first[slug] ?? []),
    `    return ${answer}`,
    '',
    '',
    'def total(numbers):',
    '    return sum(numbers)',
    '',
    '',
    'def last(items):',
    `    return items[${last === 'right' ? -1 : -2}]`,
    '',
  ].join('\n')
}
