import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { openNetwork } from '../../gateway/network.ts'
import { BASE_PATH } from '../../process/base-path.ts'
import { type ProcessResult, runProcess } from '../../process/run.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Evidence, LineFinding } from '../../task/evidence.ts'
import { sha256 } from '../../task/hash.ts'
import { readTestRun } from '../counts/counts.ts'
import { readJUnit } from '../counts/junit.ts'
import type { TestRun } from '../counts/test-run.ts'
import { lineFindings } from '../lines/line-findings.ts'
import { knownFiles } from '../lines/repository-paths.ts'
import { excerptOf, plainText, storableText } from './clean-output.ts'
import { verdictOf } from './command-verdict.ts'
import { reportFiles } from './report-files.ts'

/** Head and tail of an output within this are kept; a command that prints more is stopped. */
const MAX_OUTPUT_BYTES = 8_000_000

/** Where commands run: one checkout, one private home, one run. */
export interface Surroundings {
  /** A fresh checkout of `commit`, ours alone; the commands may write in it. */
  readonly tree: string
  readonly commit: string
  readonly sandbox: 'required' | 'off'
  /** Absolute paths of the host that the box may read, beyond the system's own. */
  readonly sandboxPaths: readonly string[]
  /** A private directory of this run, outside of the tree. */
  readonly scratchDir: string
  /** Where programs are looked for; default: the system's own directories and that of our node. */
  readonly path?: string
  /** Beyond what every command gets. */
  readonly env?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly runId: string
  /** Paths of the commit's files, asked for when something has failed; absent = nothing is told of lines. */
  readonly files?: () => Promise<readonly string[]>
  /** Takes known secrets out of an output before it is hashed, stored or shown. */
  readonly redact?: (text: string) => string
}

export interface CheckOutput {
  /** SHA-256 of `content` in UTF-8: what the evidence names as its artifact. */
  readonly hash: string
  /** File name made by us, `[a-z0-9-]+\.log`. */
  readonly name: string
  readonly content: string
}

export interface CommandStep {
  readonly criterion: string
  /** The repository's own string: one constant argument of a shell; nothing is ever put into it. */
  readonly command: string
  readonly required: boolean
  readonly timeoutMs: number
  /** `host` or `host:port`; empty = no network. */
  readonly hosts: readonly string[]
  /** Position in the run, from 1: keeps the names of outputs apart. */
  readonly number: number
}

export interface CommandRun {
  readonly seen: Evidence
  readonly output: CheckOutput
  /** What its output says of single tests. */
  readonly run: TestRun
}

/**
 * Runs one command and says what was seen; returns only when its whole process tree is gone.
 * @param home private HOME of this verification, shared by its commands because setup fills caches there
 * @throws OperatingError of class `cancelled` when the signal ended it
 */
export async function runCommand(where: Surroundings, home: string, step: CommandStep): Promise<CommandRun> {
  const result = await inTheBox(where, home, step)
  if (result.ended === 'aborted' || where.signal.aborted) {
    throw new OperatingError(
      'cancelled',
      'interrupted',
      `verifying ${where.commit}: stopped during "${step.criterion}"`,
    )
  }
  const said = [result.output, result.error ?? ''].filter((text) => text !== '').join('\n')
  const content = storableText(where.redact?.(said) ?? said)
  const plain = plainText(content)
  const run = await testsOf(plain, where.tree, step.command)
  const { counts } = run
  const judged = verdictOf(result, counts, plain)
  const findings = judged.verdict === 'fail' ? await findingsOf(where, plain) : []
  const output = { hash: sha256(content), name: outputName(step), content }
  const seen: Evidence = {
    criterion: step.criterion,
    kind: counts === null ? 'exit_code' : 'tests',
    required: step.required,
    command: step.command,
    exitCode: result.ended === 'exited' ? result.exitCode : null,
    durationMs: result.durationMs,
    counts,
    excerpt: excerptOf(plain),
    artifactHash: output.hash,
    commit: where.commit,
    ...judged,
    ...(findings.length === 0 ? {} : { findings }),
  }
  return { seen, output, run }
}

/** What was printed; from the reports that maven and gradle leave, which test it was that they counted. */
async function testsOf(output: string, tree: string, command: string): Promise<TestRun> {
  const printed = readTestRun(output)
  if (printed.cases.size > 0 || !/\b(?:mvnw?|gradlew?)\b/.test(command)) return printed
  const reported = readJUnit(await reportFiles(tree))
  if (reported === null) return printed
  return { ...printed, counts: printed.counts ?? reported.counts, cases: reported.cases }
}

/** Programs tell the path that the system knows, which may be another one than ours. */
async function findingsOf({ files, tree }: Surroundings, output: string): Promise<LineFinding[]> {
  if (files === undefined) return []
  const roots = [tree, await realpath(tree).catch(() => tree)]
  return lineFindings(output, knownFiles(new Set(await files()), roots))
}

async function inTheBox(where: Surroundings, home: string, step: CommandStep): Promise<ProcessResult> {
  // Without a box there is the host's network, and nothing that could hold a command to a list.
  const isBoxed = where.sandbox === 'required'
  const network = await openNetwork(isBoxed ? step.hosts : [], where.scratchDir)
  try {
    const { doors } = network
    const result = await runProcess({
      argv: ['/bin/sh', '-c', step.command],
      cwd: where.tree,
      env: {
        PATH: where.path ?? BASE_PATH,
        HOME: home,
        TMPDIR: join(home, 'tmp'),
        CI: 'true',
        LANG: 'C.UTF-8',
        // So that pytest names every test in its summary, not only those that failed.
        PYTEST_ADDOPTS: '-rfEsxXp',
        ...where.env,
        ...network.env,
      },
      timeoutMs: step.timeoutMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      signal: where.signal,
      box: isBoxed ? { writable: [where.tree, home], readOnly: where.sandboxPaths, home, doors } : null,
      runId: where.runId,
    })
    const refused = network.refused()
    if (refused.length === 0) return result
    const note = `\n[the sandbox refused connections to ${refused.join(', ')}: they are not in the operator's \`network\` list]\n`
    return { ...result, output: result.output + note }
  } finally {
    await network.close()
  }
}

function outputName({ number, criterion }: CommandStep): string {
  const words = criterion.toLowerCase().match(/[a-z0-9]+/g) ?? ['check']
  return `${number}-${words.join('-').slice(0, 40)}.log`
}
