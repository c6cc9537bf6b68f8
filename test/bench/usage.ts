import { readFile } from 'node:fs/promises'

/** Of the kernel's clock, sysconf(_SC_CLK_TCK): 100 on every Linux. */
const TICK_MS = 10
const PAGE_BYTES = 4_096

/** What a process has used of the processor so far, and what it holds of memory now (proc(5)). */
export async function usageOf(pid: number): Promise<{ cpuMs: number; megabytes: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8')
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    megabytes: (Number(statm.split(' ')[1]) * PAGE_BYTES) / 1e6,
  }
}
