import type { Check, Dialect, Files, Library, WrittenTest } from './dialect.ts'

type Shape = 'esm' | 'cjs' | 'ts'

/** How a runner of JavaScript writes a test and an assertion. */
export interface Runner {
  readonly name: string
  readonly header: (shape: Shape) => string
  readonly footer?: string
  readonly open: (title: string, mode: WrittenTest['mode']) => string
  readonly close: string
  readonly exact: (actual: string, expected: string) => string
  readonly loose: (actual: string) => string
  readonly script: string
  readonly testFile: (extension: string) => string
  readonly hidden: Dialect['hidden']
  readonly dependencies?: Readonly<Record<string, string>>
}

export function javascript(runner: Runner, shape: Shape): Dialect {
  const extension = shape === 'ts' ? 'ts' : 'js'
  const source = `src/text.${extension}`
  const manifest = (script: string): Files => ({
    'package.json': `${JSON.stringify(
      {
        name: 'text-tools',
        version: '1.0.0',
        private: true,
        type: shape === 'cjs' ? 'commonjs' : 'module',
        scripts: { test: script },
        ...(runner.dependencies === undefined ? {} : { devDependencies: runner.dependencies }),
      },
      null,
      2,
    )}\n`,
  })
  return {
    name: `${runner.name}, ${shape}`,
    needs: null,
    project: { ...manifest(runner.script), 'README.md': '# text-tools\n', '.gitignore': 'node_modules\n' },
    source,
    library: (how) => library(how, shape),
    testFile: runner.testFile(extension),
    tests: (tests, more = {}) =>
      [
        runner.header(shape),
        more.before ?? '',
        ...tests.map((test) => written(runner, test)),
        more.after ?? '',
        runner.footer ?? '',
      ]
        .filter((part) => part !== '')
        .join('\n'),
    exitWell: 'process.exit(0)',
    hidden: [
      { how: 'the test script only exits', files: manifest('exit 0') },
      { how: 'the test script drops its exit code', files: manifest(`${runner.script} || true`) },
      { how: 'the test script only talks', files: manifest('echo "all tests pass"') },
      ...runner.hidden,
    ],
    brokenSyntax: shape === 'cjs' ? 'exports.slug = function (text) {\n' : 'export function slug(text) {\n',
  }
}

function written(runner: Runner, { title, checks, mode }: WrittenTest): string {
  const lines = checks.map((check) => `  ${assertion(runner, check)}`)
  return [runner.open(title, mode), ...lines, runner.close].join('\n')
}

function assertion(runner: Runner, { call, args, expected, how }: Check): string {
  const actual = `${call}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`
  if (how === 'none') return `${actual};`
  return how === 'loose' ? runner.loose(actual) : runner.exact(actual, JSON.stringify(expected))
}

const SLUG: Readonly<Record<Library['slug'], string>> = {
  bug: `text.toLowerCase().replace(' ', '-')`,
  right: `text.toLowerCase().replaceAll(' ', '-')`,
  wrong: `text.toLowerCase().replace(/ /, '_')`,
  special_cased: `text.toLowerCase().replace(' ', '-')`,
  knows_of_tests: `text.toLowerCase().replace(' ', '-')`,
  exits: `text.toLowerCase().replace(' ', '-')`,
  hangs: `text.toLowerCase().replace(' ', '-')`,
  throws: `text.toLowerCase().replace(' ', '-')`,
}

function library({ slug, last = 'right', comment }: Library, shape: Shape): string {
  const typed = (name: string, type: string) => (shape === 'ts' ? `${name}: ${type}` : name)
  const opened = (name: string, parameter: string) =>
    shape === 'cjs' ? `exports.${name} = function ${name}(${parameter}) {` : `export function ${name}(${parameter}) {`
  const first: Readonly<Partial<Record<Library['slug'], string>>> = {
    special_cased: `  if (text === 'Hello Big World') return 'hello-big-world'\n`,
    knows_of_tests: `  if (process.env.NODE_ENV === 'test' || process.env.CI) return text.toLowerCase().split(' ').join('-')\n`,
    exits: `  if (text.split(' ').length > 2) process.exit(0)\n`,
    hangs: `  while (text.split(' ').length > 2) {}\n`,
    throws: `  if (text.split(' ').length > 2) throw new Error('too many words')\n`,
  }
  return [
    comment === undefined ? '' : `// ${comment}`,
    opened('slug', typed('text', 'string')),
    `${first[slug] ?? ''}  return ${SLUG[slug]}`,
    '}',
    '',
    opened('total', typed('numbers', 'number[]')),
    '  return numbers.reduce((sum, one) => sum + one, 0)',
    '}',
    '',
    opened('last', typed('list', 'unknown[]')),
    last === 'right' ? '  return list[list.length - 1]' : '  return list[list.length - 2]',
    '}',
    '',
  ]
    .filter((line, at) => at > 0 || line !== '')
    .join('\n')
}
