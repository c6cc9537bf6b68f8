import { OperatingError } from '../task/errors.ts'
import { git } from './git.ts'
import { NOWHERE, type Remote } from './git-environment.ts'
import { safeBranch } from './refs.ts'

/** The address as people may read it. Also the check that every remote passes before git sees it. */
export function describeRemote(remote: Remote): string {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : null
  if (url === null || !['https:', 'http:', 'file:'].includes(url.protocol))
    throw new OperatingError('configuration', 'git_failed', 'the address of the repository is not an https or http one')
  if (url.username !== '' || url.password !== '')
    throw new OperatingError('configuration', 'git_failed', 'the address of the repository must not hold a credential')
  if (remote.token !== null && !/^[\x21-\x7e]+$/.test(remote.token))
    throw new OperatingError('configuration', 'github_refused', 'the token for the repository is not one line of ASCII')
  return `${url.host}${url.pathname}`
}

/** Where the branch stands on the remote right now, or null where it does not exist. */
export async function remoteHead(remote: Remote, branch: string): Promise<string | null> {
  const ref = `refs/heads/${safeBranch(branch)}`
  const { stdout } = await git({
    action: `asking ${describeRemote(remote)} for its branch`,
    args: ['ls-remote', '--quiet', '--', remote.url, ref],
    at: { gitDir: NOWHERE },
    remote,
  })
  // ls-remote matches by the end of a name, so `refs/heads/x/refs/heads/y` would come too.
  const line = stdout
    .toString('utf8')
    .split('\n')
    .find((l) => l.endsWith(`\t${ref}`))
  return line?.split('\t')[0] ?? null
}
