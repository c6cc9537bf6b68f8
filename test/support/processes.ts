import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface FoundProcess {
  readonly pid: number
  readonly command: string
}

/** Living processes whose command line, environment or working directory holds a text; not we ourselves. */
export function processesWith(text: string): FoundProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return []
    const command = commandOf(Number(name))
    if (command === '') return []
    const holds = (part: () => string): boolean => read(part).includes(text)
    const found =
      command.includes(text) ||
      holds(() => readFileSync(`/proc/${name}/environ`, 'latin1')) ||
      holds(() => readlinkSync(`/proc/${name}/cwd`))
    return found ? [{ pid: Number(name), command }] : []
  })
}

/** Empty for one that is gone, or dead and only not yet noticed by its parent. */
function commandOf(pid: number): string {
  return read(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
    .replaceAll('\0', ' ')
    .trim()
}

/** Processes end while they are looked at, and some are not ours to look at. */
function read(part: () => string): string {
  try {
    return part()
  } catch {
    return ''
  }
}

/** Whether any of them is still there: the same number with the same command line. */
export function isAnyAlive(processes: readonly FoundProcess[]): boolean {
  return processes.some(({ pid, command }) => command === commandOf(pid))
}
