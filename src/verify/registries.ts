import { homedir } from 'node:os'
import { BASE_PATH } from '../process/base-path.ts'
import { runProcess } from '../process/run.ts'

/** The word of the settings (`network: { setup: [detected] }`) that stands for the package manager's own registry. */
const DETECTED = 'detected'
const NPM = /\b(?:npm|npx|pnpm|yarn|corepack|bun)\b/

/**
 * The hosts of a list of the settings for one command. `detected` becomes the registry that this host's npm is set to use,
 * where the command names a package manager that uses npm's registry; the operator lists the hosts of others. The command
 * is the repository's: that it can have this one is all that it gets.
 */
export async function hostsFor(listed: readonly string[], command: string): Promise<string[]> {
  const named = listed.filter((host) => host !== DETECTED)
  const detected = listed.includes(DETECTED) && NPM.test(command) ? await npmRegistry() : []
  return [...new Set([...named, ...detected])]
}

let asked: Promise<string[]> | null = null
const npmRegistry = (): Promise<string[]> => {
  asked ??= askNpm().then((found) => {
    // No answer is no news: the next one who needs it asks again.
    if (found.length === 0) asked = null
    return found
  })
  return asked
}

/** Asked of npm itself, so that an operator's mirror counts; where there is no npm, there is nothing to detect. */
async function askNpm(): Promise<string[]> {
  const { ended, exitCode, stdout } = await runProcess({
    argv: ['npm', 'config', 'get', 'registry'],
    cwd: '/',
    env: { PATH: BASE_PATH, HOME: homedir() },
    timeoutMs: 20_000,
    maxOutputBytes: 10_000,
    box: null,
    runId: 'npm-registry',
  })
  const url = stdout.trim()
  return ended === 'exited' && exitCode === 0 && URL.canParse(url) ? [new URL(url).host] : []
}
