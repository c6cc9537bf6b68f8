import { expect, it } from 'vitest'
import { fileFailure, gitFailure, scrub } from '../../src/workspace/git-failure.ts'

const remote = { url: 'https://github.com/o/r.git', token: 'ghs_1_abc' }

it.each([
  ['error: unable to write file a: No space left on device', undefined, 'limit', 'disk_full'],
  ['fatal: Could not resolve host: github.com', remote, 'transient', 'github_unavailable'],
  ["fatal: Authentication failed for 'https://github.com/o/r.git/'", remote, 'configuration', 'github_refused'],
  [
    "remote: Repository not found.\nfatal: repository 'https://github.com/o/r.git/' not found",
    remote,
    'configuration',
    'repository_gone',
  ],
  // Words of a repository are not mistaken for words of the network.
  ["fatal: pathspec 'Authentication failed' did not match any files", undefined, 'transient', 'git_failed'],
] as const)('tells what %j is', (stderr, to, failureClass, reasonCode) => {
  const failure = gitFailure({ action: 'trying', ...(to === undefined ? {} : { remote: to }) }, 128, stderr)
  expect(failure).toMatchObject({ failureClass, reasonCode })
  expect(failure.message).toMatch(/^trying: git exited 128: /)
})

it('tells a full disk from other trouble with files, and leaves a bug a bug', () => {
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })
  expect(fileFailure('writing', full)).toMatchObject({ failureClass: 'limit', reasonCode: 'disk_full' })
  const denied = Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'open' })
  expect(fileFailure('writing', denied)).toMatchObject({ failureClass: 'transient', message: 'writing: EACCES' })
  const bug = new TypeError('x is not a function')
  expect(fileFailure('writing', bug)).toBe(bug)
})

it('leaves no credential, control character or novel in a message', () => {
  const basic = Buffer.from('x-access-token:ghs_1_abc').toString('base64')
  const said = scrub(`\u001b[31m ghs_1_abc ${basic} https://u:p@host/x ${'y'.repeat(5000)} end\n`, 'ghs_1_abc')
  expect(said).toHaveLength(800)
  expect(scrub(`\u001b ghs_1_abc ${basic} https://u:p@host/x`, 'ghs_1_abc')).toBe('*** *** https://***@host/x')
})
