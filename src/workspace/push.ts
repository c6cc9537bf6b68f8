import { git } from './git.ts'
import type { Remote } from './git-environment.ts'
import { gitFailure, scrub } from './git-failure.ts'
import type { Mirror } from './handles.ts'
import { isAncestor, objectId, resolveCommits, safeBranch } from './refs.ts'
import { describeRemote } from './remote.ts'
import { sealMirror } from './seal.ts'

export type PushResult =
  | { readonly ok: true }
  | {
      readonly ok: false
      /** moved: somebody else's commit is there. workflows: GitHub takes no workflow files from us. refused: by a rule or hook. */
      readonly reason: 'moved' | 'refused' | 'workflows'
      /** The remote's own words, bounded; untrusted. */
      readonly detail: string
    }

/**
 * Pushes one commit to one branch, only if the branch stands where we know it (`expected`; null = it must not exist)
 * and our commit builds on that: nobody's commit is ever lost. A remote that already has the commit is a success, so a
 * push whose answer was lost can be repeated. Other failures (network, credentials) are thrown as OperatingError.
 */
export async function pushBranch(
  m: Mirror,
  remote: Remote,
  options: { branch: string; sha: string; expected: string | null },
): Promise<PushResult> {
  const action = `pushing to ${describeRemote(remote)}`
  const ref = `refs/heads/${safeBranch(options.branch)}`
  const sha = objectId(options.sha)
  await sealMirror(m.dir)
  if (options.expected !== null) {
    const [known] = await resolveCommits(m, [objectId(options.expected)])
    if (typeof known !== 'string' || !(await isAncestor(m, known, sha)))
      return { ok: false, reason: 'moved', detail: 'the commit to push does not build on what the branch holds' }
  }
  const { exitCode, stdout, stderr } = await git({
    action,
    args: [
      'push',
      '--porcelain',
      '--no-verify',
      '--no-follow-tags',
      '--no-recurse-submodules',
      '--no-signed',
      `--force-with-lease=${ref}:${options.expected ?? ''}`,
      '--',
      remote.url,
      `${sha}:${ref}`,
    ],
    at: { gitDir: m.dir },
    remote,
    timeoutMs: 300_000,
    answers: [0, 1, 128],
  })
  if (exitCode === 0) return { ok: true }
  const line = stdout
    .toString('utf8')
    .split('\n')
    .find((l) => l.startsWith('!\t'))
  if (line === undefined) throw gitFailure({ action, remote }, exitCode, stderr)
  const detail = scrub(`${line.split('\t')[2] ?? ''}\n${stderr}`, remote.token)
  return { ok: false, reason: reasonOf(line, detail), detail }
}

/** `line` is git's own summary of the ref: `! <from>:<to> [rejected] (stale info)`; see git-push(1), "Output". */
function reasonOf(line: string, detail: string): 'moved' | 'refused' | 'workflows' {
  // GitHub: "refusing to allow a GitHub App to create or update workflow `…` without `workflows` permission".
  if (line.includes('[remote rejected]') && /refusing to allow .* workflow/i.test(detail)) return 'workflows'
  if (/\[rejected\]|cannot lock ref|reference already exists|fetch first|non-fast-forward/i.test(line)) return 'moved'
  return 'refused'
}
