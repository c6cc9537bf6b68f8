import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface FoundProcess {
  readonly pid: number
  readonly command: string
}

/** Living processes whose command line, environment or working directory holds a text; not we ourselves. */
export function processesWith(text: string): FoundProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return []
    const command = read(() => readFileSync(`/proc/${name}/cmdline`, 'latin1'))
    // A zombie has no command line.
    if (command === '') return []
    const holds = (part: () => string): boolean => read(part).includes(text)
    const found =
      command.includes(text) ||
      holds(() => readFileSync(`/proc/${name}/environ`, 'latin1')) ||
      holds(() => readlinkSync(`/proc/${name}/cwd`))
    return found ? [{ pid: Number(name), command: command.replaceAll('\0', ' ').trim().slice(0, 200) }] : []
  })
}

/** Processes end while they are looked at, and some are not ours to look at. */
function read(part: () => string): string {
  try {
    return part()
  } catch {
    return ''
  }
}
