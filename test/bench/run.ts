import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bench, meets, type Row, rounded } from './bench.ts'
import { calls } from './calls.ts'
import { classify } from './classify.ts'
import { deliveries } from './deliveries.ts'
import { execute } from './execute.ts'
import { start } from './start.ts'
import { verdict } from './verdict.ts'
import { verifyCost } from './verify-cost.ts'
import { waiting } from './waiting.ts'
import { worktree } from './worktree.ts'

/** `node test/bench/run.ts [name…] [--json FILE]`: figures, never a verdict; the exit code says only that it ran. */
const BENCHES: Readonly<Record<string, Bench>> = {
  deliveries,
  start,
  calls,
  waiting,
  worktree,
  execute,
  classify,
  verdict,
  'verify-cost': verifyCost,
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
const unknown = positionals.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  process.stderr.write(`no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}\n`)
  process.exit(1)
}

const stops: (() => Promise<unknown>)[] = []
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true
    void stopAll().finally(() => process.exit(130))
  })
}

const machine = {
  cpus: cpus().length,
  cpu: cpus()[0]?.model ?? '',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  loadBefore: rounded(loadavg()[0] ?? 0),
}
say(`${machine.cpus} × ${machine.cpu}, ${machine.memoryGb} GB, Node ${machine.node}, load ${machine.loadBefore}`)
const results: Record<string, Row[]> = {}
try {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    say(`\n${name}`)
    const dir = await mkdtemp(join(tmpdir(), 'supervisor-bench-'))
    stops.push(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
    try {
      results[name] = await bench({ dir, defer: (stop) => stops.push(stop), say: (line) => say(`  ${line}`) })
    } finally {
      await stopAll()
    }
  }
} catch (error) {
  // What was pulled away from under it fails; the one who did so ends the process.
  if (interrupted) await new Promise(() => undefined)
  throw error
} finally {
  print()
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(toJson(), null, 2)}\n`)

async function stopAll(): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) {
    await stop().catch((error: unknown) => process.stderr.write(`stopping: ${String(error)}\n`))
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function print(): void {
  const lines = Object.entries(results).flatMap(([name, rows]) => rows.map((row) => cells(name, row)))
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...lines.map((line) => line[column]?.length ?? 0)))
  for (const [name = '', what = '', value = '', goal = '', note = ''] of lines) {
    const [a = 0, b = 0, c = 0, d = 0] = widths
    process.stdout.write(
      `${`${name.padEnd(a)}  ${what.padEnd(b)}  ${value.padStart(c)}  ${goal.padEnd(d)}  ${note}`.trimEnd()}\n`,
    )
  }
}

function cells(name: string, row: Row): string[] {
  const goal = row.goal === undefined ? '' : `${row.goal} ${meets(row) === true ? 'met' : 'MISSED'}`
  return [name, row.what, `${rounded(row.value)} ${row.unit}`.trim(), goal, row.note ?? '']
}

function toJson(): object {
  const benches = Object.entries(results).map(([name, rows]) => [
    name,
    rows.map((row) => ({ ...row, value: rounded(row.value), met: meets(row) })),
  ])
  return { at: new Date().toISOString(), machine, benches: Object.fromEntries(benches) }
}
