import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { type AuditFinding, checkRecord } from '../store/audit/check-record.ts'
import { compareWithExport, type ExportedLink, exportRecord } from '../store/audit/export-record.ts'
import { everyTaskId, readRecord } from '../store/audit/read-record.ts'
import type { Database } from '../store/database.ts'
import { requireTaskId } from './require-task-id.ts'
import { withStore } from './with-store.ts'

const PROBLEMS: Record<AuditFinding['problem'], string> = {
  edited: 'is not as it was written',
  missing: 'is missing',
  unrecorded: 'was written past the record',
  broken_chain: 'does not fit the one before it',
  cut_off: 'and what came after it are cut off',
}

/**
 * `supervisor audit verify [TASK]`: repeats the hash chains over transitions, decisions, approvals, evidence and writes to
 * GitHub. Exit code 1 where a row was edited, deleted or written past the record.
 */
export async function auditVerify(
  idOrEnd: string | undefined,
  options: { against?: string; json?: true },
): Promise<void> {
  const exported = options.against === undefined ? null : await readExport(options.against)
  const { tasks, links, findings } = await withStore(async (db) => {
    const found: AuditFinding[] = []
    let tasksSeen = 0
    let linksSeen = 0
    for await (const id of await idsOf(db, idOrEnd)) {
      const record = await readRecord(db, id)
      if (!record) continue
      tasksSeen += 1
      linksSeen += record.links.length
      found.push(...checkRecord(record), ...compareWithExport(id, exported?.get(id) ?? [], record))
      exported?.delete(id)
    }
    // What is left was exported once, and is no task any more.
    if (idOrEnd === undefined)
      for (const [id, lines] of exported ?? []) found.push(...compareWithExport(id, lines, null))
    return { tasks: tasksSeen, links: linksSeen, findings: found }
  })
  if (options.json) print(JSON.stringify({ ok: findings.length === 0, tasks, links, findings }))
  else {
    for (const f of findings) print(`${f.taskId}  ${f.kind.replaceAll('_', ' ')} ${f.subject} ${PROBLEMS[f.problem]}`)
    print(
      findings.length === 0
        ? `The record holds: ${links} links of ${tasks} tasks.`
        : `${findings.length} findings in ${links} links of ${tasks} tasks. Compare with a backup before you trust these tasks.`,
    )
  }
  if (findings.length > 0) process.exitCode = 1
}

/** `supervisor audit export [TASK]`: the record as JSON lines on standard output, to be kept where nobody can rewrite it. */
export async function auditExport(idOrEnd: string | undefined): Promise<void> {
  await withStore(async (db) => {
    for await (const id of await idsOf(db, idOrEnd)) {
      const record = await readRecord(db, id)
      for (const line of record ? exportRecord(record) : []) await printSlowly(JSON.stringify(line))
    }
  })
}

async function idsOf(db: Database, idOrEnd: string | undefined): Promise<AsyncIterable<string> | readonly string[]> {
  return idOrEnd === undefined ? everyTaskId(db) : [await requireTaskId(db, idOrEnd)]
}

const LINE = z.object({
  task: z.string(),
  seq: z.number(),
  kind: z.string(),
  subject: z.string(),
  digest: z.string(),
  at: z.iso.datetime(),
  hash: z.string(),
  content: z.string().nullable(),
})

/** The lines of an export, by task. */
async function readExport(file: string): Promise<Map<string, ExportedLink[]>> {
  const byTask = new Map<string, ExportedLink[]>()
  let number = 0
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1
    if (text.trim() === '') continue
    const line = parseLine(text)
    if (!line) throw new Error(`${file}:${number} is no line of \`supervisor audit export\``)
    const lines = byTask.get(line.task)
    if (lines) lines.push(line)
    else byTask.set(line.task, [line])
  }
  return byTask
}

function parseLine(text: string): ExportedLink | null {
  try {
    return LINE.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Waits for a reader that is slower than the database. */
async function printSlowly(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve))
}
