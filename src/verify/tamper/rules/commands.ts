import type { VerifyCommand } from '../../../task/plan.ts'
import { parseManifest } from '../../detect/package-manifest.ts'
import type { Finding } from '../../findings.ts'

type ReadFile = (path: string) => Promise<string | null>

/** Files that steer what a command of the same name runs, and that no script of a package.json mentions. */
const STEERING: readonly { readonly word: string; readonly paths: readonly string[] }[] = [
  { word: 'npm', paths: ['.npmrc'] },
  { word: 'pnpm', paths: ['.npmrc'] },
  { word: 'yarn', paths: ['.yarnrc', '.yarnrc.yml'] },
  { word: 'make', paths: ['GNUmakefile', 'makefile', 'Makefile'] },
]

/**
 * Do the verification commands still run what they ran at the base? `npm test` is the default branch's own string, but
 * what it runs stands in the package.json of the change: a `test` script that became `exit 0` must not make it green.
 */
export async function changedCommands(input: {
  readonly commands: readonly VerifyCommand[]
  readonly readBase: ReadFile
  readonly readHead: ReadFile
}): Promise<Finding[]> {
  const { commands, readBase, readHead } = input
  const runs = commands.map(({ run }) => run)
  const find = (file: string, what: string): Finding => ({
    rule: 'verify_command_changed',
    file,
    line: null,
    what: what.slice(0, 700),
    weight: 'blocking',
  })
  const scripts = changedScripts(runs, await readBase('package.json'), await readHead('package.json'))
  const findings = scripts.map((what) => find('package.json', what))
  const paths = new Set(STEERING.filter(({ word }) => runs.some((run) => mentions(run, word))).flatMap((s) => s.paths))
  for (const path of paths) {
    if ((await readBase(path)) !== (await readHead(path))) findings.push(find(path, 'it steers the commands'))
  }
  return findings
}

/** The texts of the commands and of all scripts that they reach, by name and through other scripts, with their hooks. */
export function reachedScripts(commands: readonly VerifyCommand[], scripts: ReadonlyMap<string, string>): string[] {
  const reached = new Set<string>()
  const texts = commands.map(({ run }) => run)
  for (let at = 0; at < texts.length; at += 1) {
    for (const script of scripts.keys()) {
      if (reached.has(script) || !mentions(texts[at] ?? '', script)) continue
      for (const name of [`pre${script}`, script, `post${script}`]) {
        if (reached.has(name)) continue
        reached.add(name)
        texts.push(scripts.get(name) ?? '')
      }
    }
  }
  return texts
}

/** Only scripts that the commands reach, by name and through other scripts, with the hooks before and after them. */
function changedScripts(runs: readonly string[], baseText: string | null, headText: string | null): string[] {
  const base = parseManifest(baseText)?.scripts ?? new Map<string, string>()
  const head = parseManifest(headText)?.scripts ?? new Map<string, string>()
  const changed: string[] = []
  const reached = new Set<string>()
  const texts = [...runs]
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const script of base.keys()) {
      if (reached.has(script) || !mentions(text, script)) continue
      for (const name of [`pre${script}`, script, `post${script}`]) {
        if (reached.has(name)) continue
        reached.add(name)
        const [before, after] = [base.get(name), head.get(name)]
        if (before !== undefined) texts.push(before)
        if (before !== after) changed.push(`script ${name}: ${quote(before)} → ${quote(after)}`)
      }
    }
  }
  return changed
}

/** As a word of its own, so that `test` is found in `npm test` and `npm run test:unit` but not in `latest`. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1 && name !== ''; at = text.indexOf(name, at + 1)) {
    if (!isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + name.length])) return true
  }
  return false
}

const isWordCharacter = (character: string | undefined): boolean => character !== undefined && /[\w-]/.test(character)
const quote = (script: string | undefined): string =>
  script === undefined ? '(none)' : JSON.stringify(script.slice(0, 300))
