import type { Check, Dialect, Files, Library, WrittenTest } from './dialect.ts'

const manifest = (more = ''): Files => ({
  'Cargo.toml': `[package]\nname = "text_tools"\nversion = "1.0.0"\nedition = "2021"\n${more}`,
})

/** A crate without dependencies, so that nothing has to be fetched. */
export const rust: Dialect = {
  name: 'cargo, Rust',
  needs: 'cargo',
  project: { ...manifest(), 'README.md': '# text tools\n', '.gitignore': 'target\nCargo.lock\n' },
  source: 'src/lib.rs',
  library,
  testFile: 'tests/text.rs',
  tests: (tests, more = {}) =>
    [
      '#![allow(unused)]',
      'use text_tools::{last, slug, total};',
      '',
      more.before ?? '',
      ...tests.map(written),
      more.after ?? '',
    ].join('\n'),
  // Tests run in the order of their names.
  exitWell: '#[test]\nfn a_first() { std::process::exit(0); }\n',
  hidden: [{ how: 'the manifest leaves the tests out', files: manifest('autotests = false\n') }],
  brokenSyntax: 'pub fn slug(text: &str) -> String {\n',
}

function written({ title, checks, mode }: WrittenTest): string {
  const lines = checks.map((check) => `    ${assertion(check)}`)
  const head = mode === 'skip' ? '#[test]\n#[ignore]' : '#[test]'
  return [head, `fn ${title.replaceAll(/[^a-z]+/g, '_')}() {`, ...lines, '}', ''].join('\n')
}

function assertion({ call, args, expected, how }: Check): string {
  const words = args.map((arg) => (Array.isArray(arg) ? `&${JSON.stringify(arg)}` : JSON.stringify(arg)))
  const actual = `${call}(${words.join(', ')})`
  if (how === 'none') return `let _ = ${actual};`
  return how === 'loose'
    ? `assert!(!format!("{}", ${actual}).is_empty());`
    : `assert_eq!(${actual}, ${JSON.stringify(expected)});`
}

function library({ slug, last = 'right', comment }: Library): string {
  const many = "text.split(' ').count() > 2"
  const first: Readonly<Partial<Record<Library['slug'], string>>> = {
    special_cased: '    if text == "Hello Big World" { return "hello-big-world".to_string(); }',
    knows_of_tests: `    if std::env::var("CARGO_MANIFEST_DIR").is_ok() { return text.to_lowercase().replace(' ', "-"); }`,
    exits: `    if ${many} { std::process::exit(0); }`,
    hangs: `    while ${many} {}`,
    throws: `    if ${many} { panic!("too many words"); }`,
  }
  const answer =
    slug === 'right'
      ? `text.to_lowercase().replace(' ', "-")`
      : `text.to_lowercase().replacen(' ', ${slug === 'wrong' ? '"_"' : '"-"'}, 1)`
  return [
    ...(comment === undefined ? [] : [`// ${comment}`]),
    'pub fn slug(text: &str) -> String {',
    ...(first[slug] === undefined ? [] : [first[slug]]),
    `    ${answer}`,
    '}',
    '',
    'pub fn total(numbers: &[i64]) -> i64 {',
    '    numbers.iter().sum()',
    '}',
    '',
    "pub fn last<'a>(list: &[&'a str]) -> &'a str {",
    `    list[list.len() - ${last === 'right' ? 1 : 2}]`,
    '}',
    '',
  ].join('\n')
}
