import type { Evidence } from '../task/evidence.ts'
import type { VerifyCommand } from '../task/plan.ts'
import { excerptOf } from './clean-output.ts'
import { notRun } from './not-run.ts'
import { parseManifest } from './package-manifest.ts'

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
 *
 * @returns nothing where all is as it was, else one required criterion that did not pass and lists what was changed
 */
export async function commandEvidence(input: {
  readonly commands: readonly VerifyCommand[]
  readonly readBase: ReadFile
  readonly readHead: ReadFile
  readonly commit: string
}): Promise<Evidence[]> {
  const { commands, readBase, readHead, commit } = input
  const runs = commands.map(({ run }) => run)
  const changed = changedScripts(runs, await readBase('package.json'), await readHead('package.json'))
  const paths = new Set(STEERING.filter(({ word }) => runs.some((run) => mentions(run, word))).flatMap((s) => s.paths))
  for (const path of paths) {
    if ((await readBase(path)) !== (await readHead(path))) changed.push(`${path} was changed`)
  }
  if (changed.length === 0) return []
  const unsettled = notRun('Verification commands as on the base', 'diff', 'verification_changed', commit)
  return [{ ...unsettled, required: true, verdict: 'inconclusive', excerpt: excerptOf(changed.join('\n')) }]
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
