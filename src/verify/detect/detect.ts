import type { VerificationPlan } from '../../task/plan.ts'
import { dotnet, type Ecosystem, go, gradle, make, maven, node, python, rust } from './ecosystems.ts'

const SETUP_TIMEOUT_MS = 10 * 60_000
const COMMAND_TIMEOUT_MS = 10 * 60_000

/**
 * The verification of a repository that configures none (SPEC 9.1), from the names and contents of files in its root.
 *
 * Every language found contributes its own test command, because a change may touch each of them; `make test` is taken
 * only where no language has one. Only tests are detected: a linter that was never asked for would turn good work red.
 *
 * @param files paths at the base commit, relative to the root; never those of the change that is to be verified
 * @param read  text of a file at that same commit, null where it cannot be read
 */
export async function detectVerification(
  files: readonly string[],
  read: (path: string) => Promise<string | null>,
): Promise<VerificationPlan> {
  const repository = { files: new Set(files), read }
  const found: Ecosystem[] = []
  for (const look of [node, rust, go, python, maven, gradle, dotnet]) {
    const ecosystem = await look(repository)
    if (ecosystem !== null) found.push(ecosystem)
  }
  const tested = found.filter((ecosystem) => ecosystem.test !== null)
  const target = tested.length === 0 ? await make(repository) : null
  const runs = target === null ? tested : [...found, { name: 'make', setup: null, test: target }]
  const setups = runs.flatMap(({ setup }) => (setup === null ? [] : [setup]))
  const tests = runs.flatMap(({ name, test }) => (test === null ? [] : [{ name, test }]))
  return {
    setup: tests.length === 0 || setups.length === 0 ? null : setups.join(' && '),
    setupTimeoutMs: SETUP_TIMEOUT_MS,
    commands: tests.map(({ name, test }) => ({
      name: tests.length === 1 ? 'Tests' : `Tests (${name})`,
      run: test,
      timeoutMs: COMMAND_TIMEOUT_MS,
      required: true,
    })),
    source: tests.length === 0 ? 'none' : 'detected',
  }
}
