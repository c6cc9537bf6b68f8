import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { ConfigError } from '../../config.ts'
import { EVIDENCE_KINDS, EVIDENCE_VERDICTS } from '../../task/evidence.ts'
import { TASK_TYPES } from '../../task/task.ts'
import { commitId } from './commit-id.ts'

const reasonCode = z.string().regex(/^[a-z_]{1,60}$/)
const amount = z.int().min(0)
const evidence = z.object({
  criterion: z.string().max(500),
  kind: z.enum(EVIDENCE_KINDS),
  required: z.boolean(),
  command: z.string().max(10_000).nullable(),
  exitCode: z.int().nullable(),
  durationMs: z.number().min(0),
  counts: z.object({ passed: amount, failed: amount, skipped: amount }).nullable(),
  excerpt: z.string().max(100_000),
  artifactHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  commit: commitId.nullable(),
  verdict: z.enum(EVIDENCE_VERDICTS),
  reasonCode: reasonCode.nullable(),
})
const REPORT = z.object({
  pull: z.int().positive(),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  reason: reasonCode,
  type: z.enum(TASK_TYPES),
  base: commitId,
  head: commitId,
  evidence: z.array(evidence).max(500),
})
export type ReportFile = z.output<typeof REPORT>

const MAX_BYTES = 20_000_000

/** The report of a job that ran a stranger's workflow: read as what it says it is, or not at all. Throws ConfigError. */
export async function readReportFile(file: string): Promise<ReportFile> {
  const found = await stat(file).catch(() => null)
  if (found === null) throw new ConfigError(`there is no report at ${file}: did the artifact come down?`)
  if (found.size > MAX_BYTES) throw new ConfigError(`the report has ${found.size} bytes; ${MAX_BYTES} are allowed`)
  const read = REPORT.safeParse(parse(await readFile(file, 'utf8')))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ConfigError(
    `the report is not one of \`supervisor ci verify\`: ${issue?.path.join('.')}: ${issue?.message}`,
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
