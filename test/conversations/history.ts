/** The commits and branches of a repository, read at once: a picture is taken after every step of every story. */
export interface History {
  /** Of all refs, also those of pull requests whose branch is gone. */
  readonly commits: readonly string[]
  /** With the commits that main does not have. */
  readonly branches: readonly { readonly name: string; readonly ahead: number }[]
}

const HEADS = 'refs/heads/'

/** @param git runs it in the repository */
export async function readHistory(git: (...args: string[]) => Promise<string>): Promise<History> {
  const parents = new Map<string, readonly string[]>()
  const tips = new Map<string, string>()
  for (const row of (await git('log', '--all', '--decorate=full', '--format=%H%x09%P%x09%D')).split('\n')) {
    const [sha = '', older = '', refs = ''] = row.split('\t')
    if (sha === '') continue
    parents.set(sha, older === '' ? [] : older.split(' '))
    for (const ref of refs.replace(/^HEAD -> /, '').split(', '))
      if (ref.startsWith(HEADS)) tips.set(ref.slice(HEADS.length), sha)
  }
  const inMain = reach(tips.get('main'), parents)
  return {
    commits: [...parents.keys()],
    branches: [...tips].map(([name, tip]) => ({
      name,
      ahead: [...reach(tip, parents)].filter((sha) => !inMain.has(sha)).length,
    })),
  }
}

function reach(tip: string | undefined, parents: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>()
  const open = tip === undefined ? [] : [tip]
  for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
    if (found.has(sha)) continue
    found.add(sha)
    open.push(...(parents.get(sha) ?? []))
  }
  return found
}
