import { parseManifest } from './package-manifest.ts'

/** The repository at its base commit. */
export interface Repository {
  readonly files: ReadonlySet<string>
  readonly read: (path: string) => Promise<string | null>
}

/** What one language needs: `setup` only where there is something to install, `test` null where it has no tests. */
export interface Ecosystem {
  readonly name: string
  readonly setup: string | null
  readonly test: string | null
}

/** npm, pnpm, yarn or bun: what `packageManager` says, else whose lockfile is there. Install scripts are never run. */
export async function node(repository: Repository): Promise<Ecosystem | null> {
  const manifest = parseManifest(await readIfThere(repository, 'package.json'))
  if (manifest === null) return null
  const name = packageManager(repository, manifest.packageManager)
  const installs = manifest.hasDependencies || (name === 'npm' && (await npmLockHasPackages(repository)))
  const test = manifest.scripts.get('test') ?? ''
  return {
    name,
    setup: installs ? await installCommand(repository, name, manifest.packageManager) : null,
    test: testsSomething(test) ? testCommand(name, manifest.scripts) : null,
  }
}

export async function rust(repository: Repository): Promise<Ecosystem | null> {
  if (!repository.files.has('Cargo.toml')) return null
  const lock = await readIfThere(repository, 'Cargo.lock')
  if (lock === null) return { name: 'cargo', setup: null, test: 'cargo test' }
  return { name: 'cargo', setup: /^source = /m.test(lock) ? 'cargo fetch --locked' : null, test: 'cargo test --locked' }
}

export async function go(repository: Repository): Promise<Ecosystem | null> {
  const manifest = await readIfThere(repository, 'go.mod')
  if (manifest === null) return null
  const installs = /^[ \t]*require\b/m.test(manifest) && !repository.files.has('vendor/modules.txt')
  return { name: 'go', setup: installs ? 'go mod download' : null, test: 'go test ./...' }
}

/** pytest, through uv or poetry where their lockfile is there, else from an environment of the checkout's own. */
export async function python(repository: Repository): Promise<Ecosystem | null> {
  const { files } = repository
  const project = await readIfThere(repository, 'pyproject.toml')
  const requirements = [...files].filter((path) =>
    /^(?:(?:dev|test)-)?requirements(?:-(?:dev|test|tests))?\.txt$/.test(path),
  )
  const usesPytest =
    files.has('pytest.ini') || [...files].some((path) => /(?:^|\/)(?:conftest|test_[^/]*|[^/]*_test)\.py$/.test(path))
  if (project === null && requirements.length === 0 && !files.has('setup.py') && !usesPytest) return null
  const tested = usesPytest || /^\[tool\.pytest\b/m.test(project ?? '')
  if (files.has('uv.lock')) {
    return { name: 'uv', setup: 'uv sync --frozen', test: tested ? 'uv run --no-sync python -m pytest' : null }
  }
  if (files.has('poetry.lock')) {
    const test = tested ? 'poetry run python -m pytest' : null
    return { name: 'poetry', setup: 'poetry install --no-interaction', test }
  }
  const wanted = requirements.sort().map((path) => `-r ${path}`)
  if (/^dependencies\s*=\s*\[\s*["']/m.test(project ?? '')) wanted.push('-e .')
  if (wanted.length === 0) return { name: 'pytest', setup: null, test: tested ? 'python3 -m pytest' : null }
  const setup = `python3 -m venv .venv && .venv/bin/python -m pip install ${wanted.join(' ')}`
  return { name: 'pytest', setup, test: tested ? '.venv/bin/python -m pytest' : null }
}

export async function maven({ files }: Repository): Promise<Ecosystem | null> {
  if (!files.has('pom.xml')) return null
  const run = `${files.has('mvnw') ? 'sh ./mvnw' : 'mvn'} -B -ntp`
  return { name: 'maven', setup: `${run} dependency:go-offline`, test: `${run} test` }
}

export async function gradle({ files }: Repository): Promise<Ecosystem | null> {
  const scripts = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts']
  if (!scripts.some((path) => files.has(path))) return null
  const run = `${files.has('gradlew') ? 'sh ./gradlew' : 'gradle'} --no-daemon --console=plain`
  return { name: 'gradle', setup: `${run} testClasses`, test: `${run} test` }
}

export async function dotnet({ files }: Repository): Promise<Ecosystem | null> {
  if (![...files].some((path) => /^[^/]+\.(?:sln|slnx|csproj|fsproj)$/.test(path))) return null
  return { name: 'dotnet', setup: 'dotnet restore', test: 'dotnet test --no-restore' }
}

/** The target that stands for the tests, in the order in which make itself looks for its file. */
export async function make(repository: Repository): Promise<string | null> {
  const path = ['GNUmakefile', 'makefile', 'Makefile'].find((name) => repository.files.has(name))
  const text = path === undefined ? null : await repository.read(path)
  const target = ['test', 'check'].find((name) => new RegExp(`^${name} *:(?![:=])`, 'm').test(text ?? ''))
  return target === undefined ? null : `make ${target}`
}

/**
 * The script `test` with the hooks around it, but not one that audits packages: it asks a registry, and says nothing of the
 * code. `bun test` is bun's own runner, whatever the script says.
 */
function testCommand(name: string, scripts: ReadonlyMap<string, string>): string {
  if (name === 'bun') return 'bun run test'
  const asksRegistry = /\baudit\b|\bnpm-check|\boutdated\b/.test(scripts.get('posttest') ?? '')
  if (name !== 'npm' || !asksRegistry) return `${name} test`
  const before = scripts.has('pretest') ? 'npm run pretest && ' : ''
  return `${before}npm test --ignore-scripts`
}

async function readIfThere({ files, read }: Repository, path: string): Promise<string | null> {
  return files.has(path) ? await read(path) : null
}

function packageManager({ files }: Repository, declared: string): 'npm' | 'pnpm' | 'yarn' | 'bun' {
  const name = declared.split('@')[0]
  if (name === 'npm' || name === 'pnpm' || name === 'yarn' || name === 'bun') return name
  if (files.has('pnpm-lock.yaml')) return 'pnpm'
  if (files.has('bun.lock') || files.has('bun.lockb')) return 'bun'
  return files.has('yarn.lock') ? 'yarn' : 'npm'
}

const NPM_LOCKS = ['npm-shrinkwrap.json', 'package-lock.json']

async function installCommand(repository: Repository, name: string, declared: string): Promise<string> {
  const { files } = repository
  if (name === 'bun') return 'bun install --frozen-lockfile --ignore-scripts'
  if (name === 'pnpm') return `pnpm install ${files.has('pnpm-lock.yaml') ? '--frozen-lockfile ' : ''}--ignore-scripts`
  if (name === 'yarn') {
    const modern = files.has('.yarnrc.yml') || /^yarn@[2-9]/.test(declared)
    if (modern) return 'yarn install --immutable --mode=skip-build'
    return `yarn install ${files.has('yarn.lock') ? '--frozen-lockfile ' : ''}--ignore-scripts`
  }
  if (NPM_LOCKS.some((path) => files.has(path))) return 'npm ci --ignore-scripts'
  return 'npm install --ignore-scripts --no-package-lock'
}

/** Does the lockfile hold more than the root package itself? Both layouts: `packages`, and the older `dependencies`. */
async function npmLockHasPackages(repository: Repository): Promise<boolean> {
  const path = NPM_LOCKS.find((name) => repository.files.has(name))
  const text = path === undefined ? null : await repository.read(path)
  try {
    const lock: unknown = JSON.parse(text ?? 'null')
    if (lock === null || typeof lock !== 'object') return false
    const keys = (key: string) => Object.keys((lock as Record<string, unknown>)[key] ?? {})
    return keys('packages').some((name) => name !== '') || keys('dependencies').length > 0
  } catch {
    return false
  }
}

/** Not npm's own `echo "Error: no test specified" && exit 1`, nor anything else that only talks and exits. */
function testsSomething(script: string): boolean {
  return script.split(/&&|\|\||;/).some((part) => !/^(?:echo\b[^|]*|exit(?: \d+)?|true|false|:|)$/.test(part.trim()))
}
