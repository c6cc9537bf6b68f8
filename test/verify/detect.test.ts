import { describe, expect, it } from 'vitest'
import { detectVerification } from '../../src/verify/detect/detect.ts'

const detect = (files: Record<string, string>) =>
  detectVerification(Object.keys(files), async (path) => files[path] ?? null)
const detected = async (files: Record<string, string>) => {
  const { setup, commands } = await detect(files)
  return { setup, runs: commands.map(({ run }) => run) }
}

const manifest = (test: string, more: object = {}) => JSON.stringify({ name: 'a', scripts: { test }, ...more })
const DEPS = { devDependencies: { vitest: '^5.0.0' } }
const LOCK = JSON.stringify({ lockfileVersion: 3, packages: { '': {}, 'node_modules/vitest': { version: '5.1.1' } } })
const EMPTY_LOCK = JSON.stringify({ lockfileVersion: 3, packages: { '': { name: 'a' } } })
const NPM_DEFAULT = 'echo "Error: no test specified" && exit 1'

describe('detection of the verification command', () => {
  it('gives a whole plan with its source', async () => {
    expect(await detect({ 'package.json': manifest('node --test') })).toEqual({
      setup: null,
      setupTimeoutMs: 600_000,
      commands: [{ name: 'Tests', run: 'npm test', timeoutMs: 600_000, required: true }],
      source: 'detected',
    })
  })

  it.each<[string, Record<string, string>, string | null, string[]]>([
    [
      'npm with a lock of dependencies',
      { 'package.json': manifest('vitest run', DEPS), 'package-lock.json': LOCK },
      'npm ci --ignore-scripts',
      ['npm test'],
    ],
    [
      'npm with a lock of nothing',
      { 'package.json': manifest('node --test'), 'package-lock.json': EMPTY_LOCK },
      null,
      ['npm test'],
    ],
    [
      'npm with a broken lock',
      { 'package.json': manifest('node --test'), 'package-lock.json': '{' },
      null,
      ['npm test'],
    ],
    [
      'npm without a lock',
      { 'package.json': manifest('vitest run', DEPS) },
      'npm install --ignore-scripts --no-package-lock',
      ['npm test'],
    ],
    [
      'bun by its lockfile',
      { 'package.json': manifest('bun test', DEPS), 'bun.lock': '' },
      'bun install --frozen-lockfile --ignore-scripts',
      ['bun run test'],
    ],
    [
      'npm with a hook that asks a registry',
      {
        'package.json': JSON.stringify({
          scripts: { pretest: 'npm run build', test: 'node --test', posttest: 'npx npm@11 audit' },
        }),
      },
      null,
      ['npm run pretest && npm test --ignore-scripts'],
    ],
    ['dotnet', { 'App.sln': '', 'src/App.csproj': '' }, 'dotnet restore', ['dotnet test --no-restore']],
    [
      'pnpm by its lockfile',
      { 'package.json': manifest('vitest run', DEPS), 'pnpm-lock.yaml': '' },
      'pnpm install --frozen-lockfile --ignore-scripts',
      ['pnpm test'],
    ],
    [
      'yarn 1',
      { 'package.json': manifest('jest', DEPS), 'yarn.lock': '' },
      'yarn install --frozen-lockfile --ignore-scripts',
      ['yarn test'],
    ],
    [
      'yarn 4',
      { 'package.json': manifest('jest', DEPS), 'yarn.lock': '', '.yarnrc.yml': '' },
      'yarn install --immutable --mode=skip-build',
      ['yarn test'],
    ],
    [
      'packageManager before lockfiles',
      { 'package.json': manifest('jest', { ...DEPS, packageManager: 'pnpm@9.1.0' }), 'yarn.lock': '' },
      'pnpm install --ignore-scripts',
      ['pnpm test'],
    ],
    [
      'cargo with dependencies',
      { 'Cargo.toml': '', 'Cargo.lock': '[[package]]\nname = "serde"\nsource = "registry+https://…"\n' },
      'cargo fetch --locked',
      ['cargo test --locked'],
    ],
    ['cargo without', { 'Cargo.toml': '[package]' }, null, ['cargo test']],
    [
      'go with dependencies',
      { 'go.mod': 'module a.b/c\n\nrequire x.y/z v1.0.0\n' },
      'go mod download',
      ['go test ./...'],
    ],
    [
      'go with vendored ones',
      { 'go.mod': 'module a.b/c\nrequire x.y/z v1.0.0\n', 'vendor/modules.txt': '' },
      null,
      ['go test ./...'],
    ],
    [
      'uv',
      { 'pyproject.toml': '[tool.pytest.ini_options]', 'uv.lock': '' },
      'uv sync --frozen',
      ['uv run --no-sync python -m pytest'],
    ],
    [
      'poetry',
      { 'pyproject.toml': '', 'poetry.lock': '', 'tests/test_a.py': '' },
      'poetry install --no-interaction',
      ['poetry run python -m pytest'],
    ],
    ['pytest alone', { 'tests/test_a.py': '' }, null, ['python3 -m pytest']],
    [
      'pytest with requirements',
      { 'requirements.txt': '', 'dev-requirements.txt': '', 'conftest.py': '' },
      'python3 -m venv .venv && .venv/bin/python -m pip install -r dev-requirements.txt -r requirements.txt',
      ['.venv/bin/python -m pytest'],
    ],
    ['maven', { 'pom.xml': '' }, 'mvn -B -ntp dependency:go-offline', ['mvn -B -ntp test']],
    [
      'maven wrapper',
      { 'pom.xml': '', mvnw: '' },
      'sh ./mvnw -B -ntp dependency:go-offline',
      ['sh ./mvnw -B -ntp test'],
    ],
    [
      'gradle wrapper',
      { 'build.gradle.kts': '', gradlew: '' },
      'sh ./gradlew --no-daemon --console=plain testClasses',
      ['sh ./gradlew --no-daemon --console=plain test'],
    ],
    ['make', { Makefile: 'all:\n\ttrue\ntest: all\n\t./run\n' }, null, ['make test']],
    ['make check', { Makefile: 'test := 1\ncheck:\n\t./run\n' }, null, ['make check']],
    [
      'make where npm has no test',
      { 'package.json': manifest(NPM_DEFAULT, DEPS), 'package-lock.json': LOCK, Makefile: 'test:\n\tnode t.js\n' },
      'npm ci --ignore-scripts',
      ['make test'],
    ],
    ['a language before make', { 'go.mod': '', Makefile: 'test:\n\tgo test\n' }, null, ['go test ./...']],
    ['two languages', { 'package.json': manifest('node --test'), 'Cargo.toml': '' }, null, ['npm test', 'cargo test']],
  ])('%s', async (_name, files, setup, runs) => {
    expect(await detected(files)).toEqual({ setup, runs })
  })

  it.each<[string, Record<string, string>]>([
    ['an empty repository', {}],
    ['no test script', { 'package.json': '{"scripts":{"build":"tsc"}}' }],
    ["npm's own default", { 'package.json': manifest(NPM_DEFAULT) }],
    ['a script that only talks', { 'package.json': manifest('echo "no tests yet"; exit 0') }],
    ['an empty script', { 'package.json': manifest('  ') }],
    ['a script that is no string', { 'package.json': '{"scripts":{"test":["rm"]}}' }],
    ['broken JSON', { 'package.json': '{"scripts":' }],
    ['JSON that is no object', { 'package.json': '[]' }],
    ['scripts from a prototype', { 'package.json': '{"__proto__":{"scripts":{"test":"node --test"}}}' }],
    ['a manifest in a folder', { 'app/package.json': manifest('node --test') }],
    ['python without tests', { 'pyproject.toml': '[tool.black]' }],
    ['a Makefile without tests', { Makefile: 'all:\n\ttrue\n\ttest:\n' }],
  ])('finds none in %s', async (_name, files) => {
    expect(await detect(files)).toEqual({ setup: null, setupTimeoutMs: 600_000, commands: [], source: 'none' })
  })

  it('names the commands of several languages apart', async () => {
    const { commands } = await detect({ 'package.json': manifest('node --test'), 'Cargo.toml': '' })
    expect(commands.map(({ name }) => name)).toEqual(['Tests (npm)', 'Tests (cargo)'])
  })
})
