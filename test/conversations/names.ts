/** Names for what is different each time: ids, hashes, times, addresses. The same thing keeps its name in a story. */
export interface Names {
  /** Tasks in the order in which they began, and hashes of plans: all others are of commits. */
  learn(known: { readonly tasks: readonly string[]; readonly plans: readonly string[] }): void
  /** A text of GitHub with names in place of what varies. */
  hide(text: string): string
  /** A text of a story with the real thing in place of its name: `--task TASK-1`, `approve commit-1`. */
  reveal(text: string): string
}

/** Whole, and as short as people and we ourselves write them. */
const HASH = /\b(?:[0-9a-f]{40}|[0-9a-f]{12}|[0-9a-f]{7})\b/g
const MONTH = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'

/** @param addresses of this run: what stands in front is replaced by what stands behind */
export function createNames(addresses: readonly (readonly [string, string])[]): Names {
  const tasks: string[] = []
  const plans: string[] = []
  const commits: string[] = []

  const nameOfHash = (hash: string): string => {
    const plan = plans.findIndex((known) => known.startsWith(hash))
    if (plan >= 0) return `plan-${plan + 1}`
    const found = commits.findIndex((known) => known.slice(0, 7) === hash.slice(0, 7))
    if (found < 0) commits.push(hash)
    else if (hash.length === 40) commits[found] = hash
    return `commit-${found < 0 ? commits.length : found + 1}`
  }
  const real = (list: readonly string[], number: string, name: string): string => {
    const found = list[Number(number) - 1]
    if (found === undefined) throw new Error(`there is no ${name} yet`)
    return found
  }
  return {
    learn: (known) => {
      tasks.splice(0, tasks.length, ...known.tasks)
      plans.splice(0, plans.length, ...known.plans)
    },
    hide: (text) => {
      let hidden = text
      for (const [address, name] of addresses) hidden = hidden.replaceAll(address, name)
      for (const [i, id] of tasks.entries())
        hidden = hidden.replaceAll(id, `TASK-${i + 1}`).replaceAll(id.slice(-8).toLowerCase(), `task${i + 1}`)
      return (
        hidden
          // Hashes of files in a patch are made of their content: they do not vary, but they are no commits either.
          .replace(/\bindex [0-9a-f]+\.\.[0-9a-f]+/gm, 'index …')
          .replace(HASH, nameOfHash)
          .replace(/#issuecomment-\d+/g, '#issuecomment-…')
          .replace(new RegExp(`\\b\\d{1,2} (?:${MONTH}) \\d{4}, \\d{2}:\\d{2} UTC`, 'g'), '‹date›')
          .replace(/\b\d{4}-\d{2}-\d{2}T[\d:.]+Z\b/g, '‹date›')
          .replace(/\b\d+(?:\.\d+)? s\b/g, '‹time›')
          // An agent that was stopped at once has worked for no time, and then nothing is said of it.
          .replace(/ · ‹time› of work/g, '')
          .replace(/‹time› of work · c/g, 'C')
      )
    },
    reveal: (text) =>
      text
        .replace(/\bTASK-(\d+)\b/g, (name, number: string) => real(tasks, number, name))
        .replace(/\bplan-(\d+)\b/g, (name, number: string) => real(plans, number, name).slice(0, 7))
        .replace(/\bcommit-(\d+)\b/g, (name, number: string) => real(commits, number, name)),
  }
}
