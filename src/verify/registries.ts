/** Where each package manager gets its packages from when nobody says otherwise. */
const REGISTRIES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\b(?:npm|npx|pnpm|yarn|corepack|bun)\b/, ['registry.npmjs.org', 'registry.yarnpkg.com']],
  [/\b(?:pip3?|uv|uvx|poetry|pdm|tox|nox)\b/, ['pypi.org', 'files.pythonhosted.org']],
  [/\bcargo\b/, ['index.crates.io', 'static.crates.io', 'crates.io']],
  [/\bgo\b/, ['proxy.golang.org', 'sum.golang.org']],
  [/\b(?:mvn|mvnw)\b/, ['repo.maven.apache.org', 'repo1.maven.org']],
  [
    /\b(?:gradle|gradlew)\b/,
    ['repo.maven.apache.org', 'repo1.maven.org', 'plugins.gradle.org', 'services.gradle.org', 'downloads.gradle.org'],
  ],
  [/\b(?:bundle|bundler|gem)\b/, ['rubygems.org', 'index.rubygems.org']],
  [/\bcomposer\b/, ['repo.packagist.org', 'packagist.org']],
]

/** The word of the settings (`network: { setup: [detected] }`) that stands for them. */
const DETECTED = 'detected'

/**
 * The hosts of a list of the settings for one command: `detected` becomes the registries of the package managers that
 * the command names. The command is the repository's; that it can choose among these is all that it gets.
 */
export function hostsFor(listed: readonly string[], command: string): string[] {
  const hosts = listed.flatMap((host) =>
    host === DETECTED ? REGISTRIES.flatMap(([words, found]) => (words.test(command) ? found : [])) : [host],
  )
  return [...new Set(hosts)]
}
