import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { classify } from '../../src/classify/classify.ts'
import { loadSkills } from '../../src/plan/load-skills.ts'
import { parseRepositoryPack } from '../../src/plan/repository-pack.ts'
import { parseSkill } from '../../src/plan/skills.ts'
import { TASK_TYPES } from '../../src/task/task.ts'
import { SKILL_TEXT, skill } from './support.ts'

const FILE = 'skills/x/SKILL.md'

test('a pack is read whole', () => {
  const parsed = skill()
  expect(parsed).toMatchObject({
    name: 'house-style',
    workflow: 'coding',
    requiredCapabilities: ['coding'],
    match: { types: ['bug_fix', 'code_change'], words: ['prisma'], paths: ['db/**'] },
    verify: ['npm run check'],
  })
  expect(parsed.sections['Operating rules']).toBe('- Two spaces.\n- No tabs.')
  expect(parsed.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(skill(SKILL_TEXT.replaceAll('\n', '\r\n')).sections).toEqual(parsed.sections)
})

describe('a malformed pack is refused by line', () => {
  const change = (from: string | RegExp, to: string): string => SKILL_TEXT.replace(from, to)
  test.each([
    ['no frontmatter', '# Hello\n', 1, /frontmatter/],
    ['an open frontmatter', '---\nname: x\n', 1, /ends the frontmatter/],
    ['a wrong workflow', change('workflow: coding', 'workflow: cooking'), 5, /workflow/],
    ['an unknown capability', change('[coding]', '[coding, hacking]'), 6, /required_capabilities/],
    ['an unknown type', change('[bug_fix, code_change]', '[bugfix]'), 8, /types/],
    ['an unknown key', change('  verify:', '  automation: full\n  verify:'), 11, /unknown key `automation`/],
    ['a wrong name', change('name: house-style', 'name: House Style'), 2, /lower-case/],
    ['no supervisor part', '---\nname: xx\ndescription: y\n---\n', 2, /supervisor/],
    ['bad YAML', change('description: How', 'description: "How'), 3, /./],
    ['an alias', change('description: How we do it here', 'description: &a How\nother: *a'), 4, /alias/],
    ['a key twice', change('description: How we do it here', 'description: a\ndescription: b'), 4, /twice/],
    ['a command of two lines', change('- npm run check', '- "npm run check\\nrm x"'), 12, /one line/],
    ['a missing section', change(/## Inputs\n\nThe code\.\n\n/, ''), 14, /`## Inputs` is missing/],
    ['an empty section', change('Keep the style.', ''), 17, /`Purpose` is empty/],
    ['a section twice', `${SKILL_TEXT}\n## Purpose\n\nAgain.\n`, 42, /twice/],
    ['a hidden character', change('- No tabs.', '- No\u200b tabs.'), 36, /hidden/],
    ['a tag character', change('- No tabs.', '- No tabs.\u{e0072}\u{e0075}'), 36, /hidden/],
    ['a bidi override', change('- No tabs.', '- No \u202etabs.'), 36, /hidden/],
    ['too much', `${SKILL_TEXT}${'x'.repeat(70_000)}`, 1, /allowed: 65536/],
  ] as const)('%s', (_, text, line, message) => {
    const parsed = parseSkill(text, FILE)
    expect(parsed).toMatchObject({ ok: false, file: FILE, line })
    expect(parsed.ok ? '' : parsed.message).toMatch(message)
  })
  test.each([
    ['a form with an unknown key', '  form: { jokes: true }\n  verify:', 11, /unknown key `jokes`/],
    ['too few words', '  form: { max_words: 3 }\n  verify:', 11, /max_words/],
    ['an artifact that is a path', '  artifacts: [../../etc/passwd]\n  verify:', 11, /such as sources\.md/],
  ] as const)('%s', (_, to, line, message) => {
    const parsed = parseSkill(change('  verify:', to), FILE)
    expect(parsed).toMatchObject({ ok: false, line })
    expect(parsed.ok ? '' : parsed.message).toMatch(message)
  })
  test('a form and artifacts are read', () => {
    const text = change(
      '  verify:',
      '  artifacts: [sources.md]\n  form: { sections: [Answer], sources: true }\n  verify:',
    )
    expect(skill(text).form).toEqual({
      sections: ['Answer'],
      maxWords: null,
      sources: true,
      decision: false,
      data: false,
      documents: ['sources.md'],
    })
  })
  test('a heading in a code fence is no section', () => {
    const parsed = parseSkill(change('## Inputs', '```\n## Inputs\n```'), FILE)
    expect(parsed.ok ? '' : parsed.message).toMatch(/`## Inputs` is missing/)
  })
  test('prototype keys do nothing', () => {
    expect(parseSkill(change('supervisor:\n', '__proto__:\n  polluted: true\nsupervisor:\n'), FILE).ok).toBe(false)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('a pack of the repository', () => {
  const pack = (from: string | RegExp, to: string) =>
    parseRepositoryPack(SKILL_TEXT.replace(from, to), FILE, 'house-style')
  test('asks for what its kind of work has anyway', () => expect(pack('', '').ok).toBe(true))
  test.each([
    [
      'a shell for answers',
      'workflow: coding\n  required_capabilities: [coding]',
      'workflow: general\n  required_capabilities: [shell]',
      6,
    ],
    ['a server for code', '[coding]', '[coding, mcp]', 6],
    [
      'a shell for whatever has its words',
      'workflow: coding\n  required_capabilities: [coding]',
      'workflow: ops\n  required_capabilities: [shell]',
      6,
    ],
  ] as const)('does not get %s', (_, from, to, line) => {
    const parsed = pack(from, to)
    expect(parsed).toMatchObject({ ok: false, line, message: expect.stringMatching(/only with `workflow: ops`/) })
  })
  test('may run operations, which are never of low risk', () =>
    expect(
      pack(
        /workflow: coding\n {2}required_capabilities: \[coding\]\n {2}match:\n {4}types: .*/,
        'workflow: ops\n  required_capabilities: [shell]\n  match:\n    types: [ops_automation]',
      ).ok,
    ).toBe(true))
  test('whatever is written, it is read or refused by a line, and never crashes', () => {
    const lines = SKILL_TEXT.split('\n')
    const hostile = fc.constantFrom(
      'a: &a [*a]',
      '__proto__: { x: 1 }',
      '!!js/function x',
      '? [',
      '\u0000',
      '---',
      '\u202e',
      '<<: {}',
      '- - - - -',
    )
    fc.assert(
      fc.property(fc.nat(lines.length), fc.oneof(hostile, fc.string({ unit: 'binary' })), (at, line) => {
        const parsed = parseRepositoryPack(lines.toSpliced(at, 1, line).join('\n'), FILE, 'house-style')
        if (!parsed.ok) expect([parsed.line > 0, parsed.message.length > 0]).toEqual([true, true])
      }),
      { numRuns: 500 },
    )
  })
  test('has the name that the operator allowed', () =>
    expect(parseRepositoryPack(SKILL_TEXT, FILE, 'sup-coding')).toMatchObject({ ok: false, line: 2 }))
})

describe('the packs that come with the program', async () => {
  const { skills, problems } = await loadSkills(join(import.meta.dirname, '../../skills'))
  test('are all valid', () => {
    expect(problems).toEqual([])
    const folders = readdirSync(join(import.meta.dirname, '../../skills'))
    expect(skills.map((s) => s.name).toSorted()).toEqual(folders.toSorted())
    expect(folders).toEqual(
      expect.arrayContaining(['sup-coding', 'sup-general', 'sup-ops', 'sup-research', 'sup-writing']),
    )
  })
  test('leave no type but unknown without a pack', () => {
    const covered = new Set(skills.flatMap((s) => s.match.types ?? []))
    expect(TASK_TYPES.filter((t) => !covered.has(t))).toEqual(['unknown'])
  })
  test.each([
    ['fix the crash in src/a.ts', 'sup-coding', 'coding', ['coding']],
    ['add a GitHub Actions workflow for linting', 'sup-coding', 'coding', ['coding']],
    ['compare SQLite and DuckDB', 'sup-research', 'research', ['research']],
    ['write a blog post about plugins', 'sup-writing', 'writing', ['document']],
    ['fix the typo in README.md', 'sup-writing', 'writing', ['coding']],
    ['run the test suite', 'sup-ops', 'ops', ['shell']],
    ['how do I run one test?', 'sup-general', 'general', ['reasoning']],
    ['should we use Postgres or MySQL?', 'sup-general', 'general', ['reasoning']],
    ['convert data/a.csv to JSON', 'sup-coding', 'coding', ['coding']],
    ['transform the XML below into a CSV', 'sup-general', 'general', ['reasoning']],
  ] as const)('%s → %s', (request, name, workflow, capabilities) => {
    const c = classify({
      title: '',
      body: '',
      request,
      labels: [],
      isPullRequest: false,
      repositoryPrivate: true,
      mode: null,
      skillName: null,
      skills,
    })
    expect(c).toMatchObject({ skill: name, workflow, capabilities })
  })
})

describe('loading a folder', () => {
  let dir = ''
  const put = async (name: string, text: string | Uint8Array): Promise<void> => {
    await mkdir(join(dir, name), { recursive: true })
    await writeFile(join(dir, name, 'SKILL.md'), text)
  }
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'skills-'))
    await put('house-style', SKILL_TEXT)
    await put('other-name', SKILL_TEXT)
    await put('broken', 'nothing\n')
    await put('binary', new Uint8Array([0x2d, 0xff, 0xfe]))
    await put('huge', 'x'.repeat(100_000))
    await mkdir(join(dir, 'empty'))
    await mkdir(join(dir, 'linked-file'))
    await symlink(join(dir, 'house-style', 'SKILL.md'), join(dir, 'linked-file', 'SKILL.md'))
    await symlink(join(dir, 'house-style'), join(dir, 'linked-folder'))
    await mkdir(join(dir, 'pipe'))
    await promisify(execFile)('mkfifo', [join(dir, 'pipe', 'SKILL.md')])
    await writeFile(join(dir, 'README.md'), 'not a skill')
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))

  test('good ones are returned, bad ones named, links and pipes not followed', async () => {
    const { skills, problems } = await loadSkills(dir)
    expect(skills.map((s) => s.name)).toEqual(['house-style'])
    const said = Object.fromEntries(problems.map((p) => [p.file.split('/').at(-2), p.message]))
    expect(said).toEqual({
      binary: 'is not UTF-8 text',
      broken: expect.stringMatching(/frontmatter/),
      empty: 'is missing',
      huge: expect.stringMatching(/allowed: 65536/),
      'linked-file': expect.stringMatching(/symbolic link/),
      'other-name': expect.stringMatching(/folder's name, other-name/),
      pipe: 'is not a regular file',
    })
  })
  test('a folder that is not there is a problem, not a crash', async () => {
    expect(await loadSkills(join(dir, 'nowhere'))).toMatchObject({
      skills: [],
      problems: [{ line: 1, message: expect.stringMatching(/ENOENT/) }],
    })
  })
})
