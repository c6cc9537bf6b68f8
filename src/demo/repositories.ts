import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GitRun, git, gitText } from './git.ts'
import type { FileChange } from './types.ts'

/** The bare repositories: the truth about code. The emulator's branches, commits and files are drawn from them. */
export interface Repositories {
  /** Directory that holds `owner/name.git`. */
  readonly root: string
  readonly backend: string
  dirOf(fullName: string): string
  create(fullName: string): Promise<void>
  git(fullName: string, args: readonly string[], run?: Omit<GitRun, 'cwd'>): Promise<string>
  /** Commit of a branch, tag or SHA; null where there is none. */
  resolve(fullName: string, ref: string): Promise<string | null>
  commit(fullName: string, input: CommitInput): Promise<string>
  /** One writer at a time for each repository: what a write changed is told by the refs before and after. */
  alone<T>(fullName: string, write: () => Promise<T>): Promise<T>
}

interface CommitInput {
  readonly branch: string
  /** Commit that it stands on; null starts a history. */
  readonly parent: string | null
  readonly files: Readonly<Record<string, FileChange>>
  readonly message: string
  readonly author: { readonly name: string; readonly email: string }
}

export async function openRepositories(root: string): Promise<Repositories> {
  const dirOf = (fullName: string): string => join(root, `${fullName}.git`)
  const tails = new Map<string, Promise<unknown>>()
  const run: Repositories['git'] = (fullName, args, options = {}) => gitText(args, { cwd: dirOf(fullName), ...options })
  const resolve: Repositories['resolve'] = async (fullName, ref) => {
    if (ref === '' || ref.startsWith('-')) return null
    return (await run(fullName, ['rev-parse', '-q', '--verify', `${ref}^{commit}`], { allow: [1, 128] })) || null
  }
  return {
    root,
    backend: join(await gitText(['--exec-path'], { cwd: root }), 'git-http-backend'),
    dirOf,
    create: (fullName) => create(dirOf(fullName)),
    git: run,
    resolve,
    commit: async (fullName, input) => {
      await git(['fast-import', '--quiet', '--force'], { cwd: dirOf(fullName), input: commitStream(input) })
      return (await resolve(fullName, `refs/heads/${input.branch}`)) ?? ''
    },
    alone: (fullName, write) => {
      const result = (tails.get(fullName) ?? Promise.resolve()).then(write)
      tails.set(
        fullName,
        result.catch(() => undefined),
      )
      return result
    },
  }
}

async function create(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  await git(['init', '--bare', '--quiet', '--initial-branch=main'], { cwd: dir })
  const settings = ['http.receivepack', 'uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant']
  const lines = settings.map((name) => `[${name.replace('.', ']\n\t')} = true`)
  // Hidden like GitHub's own: a push to refs/pull is refused.
  lines.push('[receive]\n\thideRefs = refs/pull', '[gc]\n\tauto = 0')
  await writeFile(join(dir, 'config'), `${BARE_CONFIG}${lines.join('\n')}\n`)
  await mkdir(join(dir, 'hooks'), { recursive: true })
  await writeFile(join(dir, 'hooks', 'update'), UPDATE_HOOK, { mode: 0o755 })
}

const BARE_CONFIG = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n'

/**
 * GitHub refuses a push that creates or changes a workflow file unless the token has `workflows`; a file that some
 * branch already holds at the same path with the same content passes.
 */
const UPDATE_HOOK = `#!/bin/sh
[ "$LOOPBACK_WORKFLOWS" = write ] && exit 0
case "$3" in *[!0]*) ;; *) exit 0 ;; esac
wanted=$(git ls-tree -r "$3" -- .github/workflows)
[ -z "$wanted" ] && exit 0
held=$(git for-each-ref --format='%(objectname)' refs/heads | while read -r tip; do git ls-tree -r "$tip" -- .github/workflows; done)
echo "$wanted" | while IFS= read -r entry; do
  case "
$held
" in *"
$entry
"*) ;; *)
    echo "refusing to allow a GitHub App to create or update workflow \\\`.github\${entry#*.github}\\\` without \\\`workflows\\\` permission" >&2
    exit 1 ;;
  esac
done
`

/** One commit as a stream for `git fast-import`: a single process, whatever the number of files. */
function commitStream(input: CommitInput): Buffer {
  const who = `${input.author.name} <${input.author.email}> ${Math.floor(Date.now() / 1000)} +0000`
  const parts: (string | Buffer)[] = [
    `commit refs/heads/${input.branch}\nauthor ${who}\ncommitter ${who}\n`,
    ...data(`${input.message}\n`),
    input.parent === null ? '' : `from ${input.parent}\n`,
  ]
  for (const [path, change] of Object.entries(input.files)) {
    if (change === null) {
      parts.push(`D ${JSON.stringify(path)}\n`)
      continue
    }
    const { content, mode } = typeof change === 'string' ? { content: change, mode: '100644' } : change
    parts.push(`M ${mode} inline ${JSON.stringify(path)}\n`, ...data(content))
  }
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

function data(content: string): (string | Buffer)[] {
  const bytes = Buffer.from(content)
  return [`data ${bytes.length}\n`, bytes, '\n']
}
