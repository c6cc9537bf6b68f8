import { describe, expect, test } from 'vitest'
import { isProtected, isWorkflowFile, protectedPathsIn } from '../../src/policy/protected-paths.ts'
import type { ChangedFile } from '../../src/policy/risk-of-diff.ts'
import { pathsOfDiff, riskOfDiff } from '../../src/policy/risk-of-diff.ts'

describe('protected paths', () => {
  test.each([
    '.github/CODEOWNERS',
    '.github/dependabot.yml',
    'docs/CODEOWNERS',
    'package.json',
    'packages/a/package.json',
    'yarn.lock',
    'pnpm-lock.yaml',
    '.npmrc',
    'Cargo.lock',
    'crates/x/Cargo.toml',
    'go.sum',
    'requirements-dev.txt',
    'requirements/prod.txt',
    'pyproject.toml',
    'Gemfile.lock',
    'x.gemspec',
    'pom.xml',
    'app/build.gradle.kts',
    'gradle/wrapper/gradle-wrapper.jar',
    'src/App.csproj',
    'composer.lock',
    'mix.exs',
    'pubspec.lock',
    'Package.resolved',
    'flake.lock',
    'AGENTS.md',
    'sub/CLAUDE.md',
    '.claude/settings.json',
    'a/.cursor/rules/x.mdc',
    '.codex/config.toml',
    '.mcp.json',
    '.vscode/tasks.json',
    '.devcontainer/devcontainer.json',
    'skills/x/SKILL.md',
    'Dockerfile',
    'docker/Dockerfile.prod',
    'api.dockerfile',
    'docker-compose.override.yml',
    'compose.yaml',
    '.gitmodules',
    '.husky/pre-commit',
    '.circleci/config.yml',
    'Makefile',
    '.env',
    'config/.env.local',
    '.clinerules/x.md',
  ])('%s', (path) => expect(isProtected(path, [])).toBe(true))

  test.each([
    'PACKAGE.JSON',
    '.GitHub/Workflows/ci.yml',
    './package.json',
    'sub\\package.json',
    'pack\u200bage.json',
    'Claude.md',
  ])('however it is written: %s', (path) => expect(isProtected(path, [])).toBe(true))
  test.each([
    'src/add.js',
    'test/add.test.js',
    'README.md',
    'docs/package.json.md',
    'src/package.ts',
    'my-package.json5',
    'github/x.ts',
    'src/dockerfile-parser.ts',
    'src/compose.ts',
  ])('not %s', (path) => expect(isProtected(path, [])).toBe(false))
  test('the settings add globs, dot files included', () => {
    expect(protectedPathsIn(['infra/a.tf', 'infra/.x/b', 'src/a.ts'], ['infra/**'])).toEqual([
      'infra/a.tf',
      'infra/.x/b',
    ])
  })
  test('a glob that cannot be used protects everything', () =>
    expect(isProtected('src/a.ts', ['x'.repeat(1000)])).toBe(true))
  test('workflow files, and what only looks like one', () => {
    expect(
      ['.github/workflows/ci.yml', '.GITHUB/workflows/a/b.yml', '.github\\workflows\\ci.yml'].every(isWorkflowFile),
    ).toBe(true)
    expect(['.github/dependabot.yml', 'docs/.github/workflows/ci.yml', 'workflows/ci.yml'].some(isWorkflowFile)).toBe(
      false,
    )
  })
})

describe('risk of a diff', () => {
  const file = (path: string, more: Partial<ChangedFile> = {}): ChangedFile => ({
    path,
    status: 'modified',
    added: 3,
    deleted: 1,
    binary: false,
    oldPath: null,
    ...more,
  })
  const of = (files: readonly ChangedFile[], type: 'bug_fix' | 'writing' = 'bug_fix') =>
    riskOfDiff({ type, files, protectedPaths: ['secret-plans/**'] })

  test.each([
    ['a small fix', [file('src/add.js'), file('test/add.test.js')], 'low'],
    ['an author list', [file('src/author.ts')], 'low'],
    ['a manifest', [file('package.json')], 'medium'],
    ['a path of the settings', [file('secret-plans/a.md')], 'medium'],
    ['code that signs people in', [file('src/auth/redirect.ts')], 'medium'],
    ['a migration', [file('db/migrations/001.ts')], 'medium'],
    ['a deleted file', [file('src/old.ts', { status: 'deleted' })], 'medium'],
    ['fewer lines of tests', [file('test/a.test.ts', { added: 0, deleted: 9 })], 'medium'],
    ['an executable bit', [file('bin/x', { status: 'mode' })], 'medium'],
    ['a binary', [file('bin/x', { binary: true })], 'medium'],
    ['many lines', [file('src/a.ts', { added: 5000 })], 'medium'],
    ['many files', Array.from({ length: 21 }, (_, i) => file(`src/${i}.ts`)), 'medium'],
    ['a workflow', [file('.github/workflows/ci.yml')], 'high'],
    [
      'a workflow renamed away',
      [file('docs/ci.yml', { status: 'renamed', oldPath: '.github/workflows/ci.yml' })],
      'high',
    ],
    ['infrastructure', [file('deploy/main.tf')], 'high'],
    ['a key', [file('certs/server.pem', { status: 'added' })], 'high'],
    ['many deleted files', Array.from({ length: 10 }, (_, i) => file(`src/${i}.ts`, { status: 'deleted' })), 'high'],
    ['nothing', [], 'low'],
  ] as const)('%s is %s', (_, files, risk) => expect(of(files).risk).toBe(risk))

  test('a text that changes code is not what was admitted', () => {
    expect(of([file('docs/a.md'), file('README')], 'writing')).toEqual({ risk: 'low', reasons: [] })
    expect(of([file('docs/a.md'), file('src/a.ts')], 'writing')).toEqual({
      risk: 'medium',
      reasons: ['more_than_text'],
    })
  })
  test('both names of a renamed file are touched', () =>
    expect(pathsOfDiff([file('b', { oldPath: 'a' }), file('c')])).toEqual(['b', 'a', 'c']))
})
