import picomatch from 'picomatch'

/**
 * Paths whose change a person must see (SPEC 4.3): what runs by itself, what decides what is installed, and what tells
 * agents what to do. Matched without regard to case, dot files included. The settings may add, never take away.
 */
const PROTECTED_PATHS: readonly string[] = [
  // The forge and other CI systems
  '.github/**',
  '**/CODEOWNERS',
  '{.gitlab-ci.yml,.travis.yml,.drone.yml,Jenkinsfile,azure-pipelines.y*ml,bitbucket-pipelines.yml,appveyor.yml,.appveyor.yml,cloudbuild.y*ml}',
  '{.circleci,.buildkite,.woodpecker,.gitlab,.forgejo,.gitea}/**',
  // Git's own files, and what runs on commits
  '**/{.gitmodules,.gitattributes,.gitconfig}',
  '**/{.husky,.githooks,.git-hooks}/**',
  '**/{.pre-commit-config.yaml,lefthook.y*ml,.lefthook.y*ml,.lintstagedrc*}',
  // Manifests and lockfiles
  '**/{package.json,package-lock.json,npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml,pnpm-workspace.yaml,bun.lock,bun.lockb,bunfig.toml,deno.json,deno.jsonc,deno.lock,jsr.json,lerna.json}',
  '**/{.npmrc,.yarnrc,.yarnrc.yml,.pnpmfile.cjs,.pnpmfile.mjs,.node-version,.nvmrc,.tool-versions,mise.toml,.mise.toml}',
  '**/.yarn/**',
  '**/{Cargo.toml,Cargo.lock,rust-toolchain,rust-toolchain.toml,build.rs,go.mod,go.sum,go.work,go.work.sum}',
  '**/.cargo/**',
  '**/{pyproject.toml,setup.py,setup.cfg,Pipfile,Pipfile.lock,poetry.lock,uv.lock,uv.toml,pdm.lock,tox.ini,noxfile.py,conftest.py,environment.y*ml,conda-lock.yml,pip.conf,.python-version,sitecustomize.py}',
  '**/{requirements,constraints}*.{txt,in}',
  '**/requirements/**/*.{txt,in}',
  '**/{Gemfile,Gemfile.lock,gems.rb,gems.locked,.ruby-version,*.gemspec,Rakefile,composer.json,composer.lock}',
  '**/{pom.xml,build.gradle,build.gradle.kts,settings.gradle,settings.gradle.kts,gradle.properties,gradle.lockfile,libs.versions.toml,gradlew,gradlew.bat,mvnw,mvnw.cmd,build.sbt,build.sc,ivy.xml}',
  '**/{gradle/wrapper,.mvn,buildSrc}/**',
  '**/project/{plugins.sbt,build.properties}',
  '**/*.{csproj,fsproj,vbproj,sln,slnx,nuspec,targets,props}',
  '**/{packages.config,packages.lock.json,nuget.config,global.json,paket.dependencies,paket.lock}',
  '**/{Package.swift,Package.resolved,Podfile,Podfile.lock,Cartfile,Cartfile.resolved,pubspec.yaml,pubspec.lock}',
  '**/{mix.exs,mix.lock,rebar.config,rebar.lock,stack.yaml,stack.yaml.lock,cabal.project,cabal.project.freeze,*.cabal,elm.json,dune-project,*.opam,Project.toml,Manifest.toml,cpanfile,cpanfile.snapshot,renv.lock,DESCRIPTION}',
  '**/{conanfile.txt,conanfile.py,conan.lock,vcpkg.json,vcpkg-configuration.json,flake.nix,flake.lock,shell.nix,default.nix,MODULE.bazel,MODULE.bazel.lock,WORKSPACE,WORKSPACE.bazel,.bazelrc,deps.edn,project.clj,shard.yml,shard.lock,build.zig,build.zig.zon}',
  '**/{Makefile,GNUmakefile,makefile,justfile,Taskfile.y*ml}',
  '**/{renovate.json,renovate.json5,.renovaterc,.renovaterc.json}',
  // Instructions and configuration of agents and editors that run things
  '**/{AGENTS.md,AGENTS.override.md,AGENT.md,CLAUDE.md,CLAUDE.local.md,GEMINI.md,SKILL.md,QWEN.md,WARP.md,CONVENTIONS.md}',
  '**/{.claude,.codex,.gemini,.cursor,.windsurf,.roo,.cline,.continue,.kiro,.opencode,.agents,.agent,.qwen,.amp,.augment,.junie,.vscode,.idea,.zed,.devcontainer}/**',
  '**/{.cursorrules,.windsurfrules,.goosehints,.mcp.json,mcp.json,opencode.json,opencode.jsonc,.aider*,.envrc,.devcontainer.json}',
  '**/{.clinerules,.roorules}*',
  '**/{.clinerules,.roorules}*/**',
  // Containers and secrets
  '**/{Dockerfile,Containerfile}{,.*}',
  '**/*.{dockerfile,containerfile}',
  '**/{docker-compose,compose}*.y*ml',
  '**/{docker-bake.hcl,docker-bake.json,.dockerignore}',
  '**/.env*',
]

/** The App never has the permission `workflows`: GitHub would refuse the push, and no approval lifts that. */
const WORKFLOWS = ['.github/workflows', '.github/workflows/**']

const OPTIONS = { dot: true, nocase: true } as const
const isBuiltIn = picomatch([...PROTECTED_PATHS], OPTIONS)
const isWorkflow = picomatch(WORKFLOWS, OPTIONS)

/** Whether a path is under protection: by the built-in list or by `extra`, the globs of the settings. */
export function isProtected(path: string, extra: readonly string[]): boolean {
  const plain = plainPath(path)
  return isBuiltIn(plain) || extra.some((glob) => matches(glob, plain))
}

export const protectedPathsIn = (paths: readonly string[], extra: readonly string[]): readonly string[] =>
  paths.filter((path) => isProtected(path, extra))

export const isWorkflowFile = (path: string): boolean => isWorkflow(plainPath(path))

export const workflowFilesIn = (paths: readonly string[]): readonly string[] => paths.filter(isWorkflowFile)

const MAX_GLOB = 300

/** A glob that cannot be read protects everything: the person who wrote it wanted more protection, not less. */
function matches(glob: string, path: string): boolean {
  if (glob.length > MAX_GLOB) return true
  try {
    return picomatch(glob, OPTIONS)(path)
  } catch {
    return true
  }
}

/** As other systems may read the name: backslashes as separators, invisible characters away. */
const plainPath = (path: string): string =>
  path
    .normalize('NFC')
    .replace(/[\p{Cf}\p{Cc}]/gu, '')
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
