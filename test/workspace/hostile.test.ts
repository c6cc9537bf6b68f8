/**
 * An agent without a sandbox writes into its tree, the mirror and the linked worktree whatever could make the next git
 * run its code. The canary is a file that this code would make. Where a plain git in the same tree shows that the trap
 * works, it does so first.
 */
import { access, chmod, mkdir, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freshCheckout } from '../../src/workspace/checkout.ts'
import { commitAll, headOf } from '../../src/workspace/commit.ts'
import { diffBetween } from '../../src/workspace/diff.ts'
import { fetchMirror } from '../../src/workspace/mirror.ts'
import { pushBranch } from '../../src/workspace/push.ts'
import { restoreAgentConfig } from '../../src/workspace/restore-config.ts'
import { removeWorktree, type Worktree } from '../../src/workspace/worktree.ts'
import { branchOf, MESSAGE, makeWorld, userGit, type World, write } from './support.ts'

let world: World
let w: Worktree
let canary: string
let trap: string
beforeEach(async () => {
  world = await makeWorld()
  w = await world.task()
  canary = join(world.root, 'PWNED')
  trap = join(world.root, 'trap.sh')
  await writeFile(trap, `#!/bin/sh\ntouch '${canary}'\ncat 2>/dev/null\nexit 0\n`)
  await chmod(trap, 0o755)
  await write(w.path, { 'src/a.js': 'let a = 2\n', 'new.txt': 'new\n' })
})
afterEach(() => world.close())

const sprung = () =>
  access(canary).then(
    () => true,
    () => false,
  )

/** Everything that the supervisor does with a workspace after an agent. */
async function wholeRound(): Promise<string> {
  await restoreAgentConfig(w, world.base)
  const { sha } = await commitAll(w, MESSAGE)
  await diffBetween(world.mirror, world.base, sha)
  await freshCheckout(world.mirror, sha, join(world.root, 'verify'))
  await fetchMirror(world.mirror, world.remote)
  expect(await pushBranch(world.mirror, world.remote, { branch: w.branch, sha, expected: null })).toEqual({ ok: true })
  await world.task()
  await removeWorktree(w, { keepBranch: true })
  return sha
}

const HOOKS = [
  'pre-commit',
  'post-commit',
  'post-checkout',
  'post-index-change',
  'reference-transaction',
  'pre-push',
  'post-merge',
  'pre-auto-gc',
]

async function appendConfig(dir: string, text: string): Promise<void> {
  await writeFile(join(dir, 'config'), text, { flag: 'a' })
}

const admin = () => join(world.mirror.dir, 'worktrees', w.name)

describe('does not run code of', () => {
  it.each<[string, () => Promise<void>, readonly string[] | null]>([
    [
      'hooks in the mirror',
      async () => {
        await mkdir(join(world.mirror.dir, 'hooks'), { recursive: true })
        for (const hook of HOOKS) await symlink(trap, join(world.mirror.dir, 'hooks', hook))
      },
      ['commit', '-q', '--allow-empty', '-m', 'x'],
    ],
    [
      'core.hooksPath',
      async () => {
        await mkdir(join(world.root, 'hooks'))
        for (const hook of HOOKS) await symlink(trap, join(world.root, 'hooks', hook))
        await appendConfig(world.mirror.dir, `[core]\n\thooksPath = ${world.root}/hooks\n`)
      },
      ['commit', '-q', '--allow-empty', '-m', 'x'],
    ],
    ['core.fsmonitor', () => appendConfig(world.mirror.dir, `[core]\n\tfsmonitor = ${trap}\n`), ['status']],
    [
      'a clean and smudge filter',
      async () => {
        await appendConfig(world.mirror.dir, `[filter "x"]\n\tclean = ${trap}\n\tsmudge = ${trap}\n\trequired = true\n`)
        await write(w.path, { '.gitattributes': '* filter=x\n' })
      },
      ['add', '-A'],
    ],
    [
      'a process filter by info/attributes',
      async () => {
        await appendConfig(world.mirror.dir, `[filter "lfs"]\n\tprocess = ${trap}\n\tclean = ${trap}\n`)
        await write(world.mirror.dir, { 'info/attributes': '* filter=lfs\n' })
      },
      ['add', '-A'],
    ],
    [
      'diff.external and textconv',
      async () => {
        await appendConfig(
          world.mirror.dir,
          `[diff]\n\texternal = ${trap}\n[diff "x"]\n\ttextconv = ${trap}\n\tcommand = ${trap}\n`,
        )
        await write(w.path, { '.gitattributes': '* diff=x\n' })
      },
      ['diff'],
    ],
    [
      'gpg.program',
      () =>
        appendConfig(
          world.mirror.dir,
          `[gpg]\n\tprogram = ${trap}\n[commit]\n\tgpgSign = true\n[push]\n\tgpgSign = if-asked\n`,
        ),
      null,
    ],
    [
      'credential, ssh, askpass and url settings',
      () =>
        appendConfig(
          world.mirror.dir,
          `[credential]\n\thelper = !${trap}\n[core]\n\tsshCommand = ${trap}\n\taskPass = ${trap}\n\tpager = ${trap}\n\tgitProxy = ${trap}\n[url "ext::${trap} "]\n\tinsteadOf = file://\n[protocol]\n\tallow = always\n`,
        ),
      null,
    ],
    [
      'config.worktree',
      async () => {
        await appendConfig(world.mirror.dir, '[extensions]\n\tworktreeConfig = true\n')
        await write(admin(), { 'config.worktree': `[core]\n\tbare = false\n\tfsmonitor = ${trap}\n` })
      },
      ['status'],
    ],
    [
      'a replaced commondir',
      async () => {
        await userGit(world.root, 'init', '-q', '--bare', 'evil.git')
        await appendConfig(join(world.root, 'evil.git'), `[core]\n\tfsmonitor = ${trap}\n`)
        await writeFile(join(admin(), 'commondir'), join(world.root, 'evil.git'))
      },
      null,
    ],
    [
      'a replaced .git file',
      async () => {
        await userGit(world.root, 'init', '-q', 'evil')
        await appendConfig(
          join(world.root, 'evil/.git'),
          `[core]\n\tfsmonitor = ${trap}\n[filter "x"]\n\tclean = ${trap}\n`,
        )
        await writeFile(join(w.path, '.git'), `gitdir: ${world.root}/evil/.git\n`)
      },
      ['status'],
    ],
    [
      'a .git directory in place of the file',
      async () => {
        await unlink(join(w.path, '.git'))
        await userGit(w.path, 'init', '-q')
        await appendConfig(join(w.path, '.git'), `[core]\n\tfsmonitor = ${trap}\n`)
      },
      ['status'],
    ],
    [
      'an included file',
      async () => {
        await write(world.root, { 'evil.config': `[core]\n\tfsmonitor = ${trap}\n` })
        await appendConfig(world.mirror.dir, `[include]\n\tpath = ${world.root}/evil.config\n`)
      },
      ['status'],
    ],
    [
      'alternates commands',
      () =>
        appendConfig(
          world.mirror.dir,
          `[core]\n\talternateRefsCommand = ${trap}\n[uploadpack]\n\tpackObjectsHook = ${trap}\n`,
        ),
      null,
    ],
    [
      'a submodule with a command for an address',
      () => write(w.path, { '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = -u./evil\n\tupdate = !${trap}\n` }),
      null,
    ],
  ])('%s', async (_name, plant, proof) => {
    await plant()
    if (proof !== null) {
      await userGit(w.path, ...proof).catch(() => undefined)
      expect(await sprung(), 'the trap works').toBe(true)
      await rm(canary)
    }
    const sha = await wholeRound()
    expect(await sprung()).toBe(false)
    expect(await userGit(world.bare, 'show', `${sha}:src/a.js`)).toBe('let a = 2')
  })

  it('a nested repository with fsmonitor where the base has a submodule', async () => {
    await userGit(world.clone, 'update-index', '--add', '--cacheinfo', `160000,${world.base},sub`)
    await userGit(world.clone, 'commit', '-q', '-m', 'submodule')
    await userGit(world.clone, 'push', '-q', 'origin', 'HEAD:main')
    await fetchMirror(world.mirror, world.remote)
    w = await world.task('02TASK', await userGit(world.clone, 'rev-parse', 'HEAD'))
    await userGit(w.path, 'init', '-q', 'sub')
    await userGit(join(w.path, 'sub'), 'commit', '-q', '--allow-empty', '-m', 'x')
    await appendConfig(join(w.path, 'sub/.git'), `[core]\n\tfsmonitor = ${trap}\n`)
    await expect(commitAll(w, MESSAGE)).rejects.toThrow(/nested git repository: sub/)
    await world.task('02TASK')
    expect(await commitAll(w, MESSAGE)).toMatchObject({ changed: false })
    expect(await sprung()).toBe(false)
  })
})

it('ignores what the agent committed by itself: only files count, in one commit of ours', async () => {
  await userGit(w.path, 'add', '-A')
  await userGit(w.path, 'commit', '-q', '-m', 'mine, [skip ci]')
  const { sha, changed } = await commitAll(w, MESSAGE)
  expect(changed).toBe(true)
  expect(await userGit(w.path, 'rev-parse', `${sha}^`)).toBe(world.base)
  expect(await userGit(world.mirror.dir, '--git-dir=.', 'rev-parse', branchOf('01TASK'))).toBe(sha)
  expect(await userGit(w.path, 'status', '--porcelain')).toBe('')
})

it('shows the commit that is pushed, whatever a replace ref, a graft or another object store says', async () => {
  const { sha } = await commitAll(w, MESSAGE)
  await userGit(world.mirror.dir, '--git-dir=.', 'replace', sha, world.base)
  await write(world.mirror.dir, {
    'info/grafts': `${sha}\n`,
    'objects/info/alternates': `${world.clone}/.git/objects\n`,
  })
  const diff = await diffBetween(world.mirror, world.base, sha)
  expect(diff.files.map((file) => file.path)).toEqual(['new.txt', 'src/a.js'])
  await expect(access(join(world.mirror.dir, 'objects/info/alternates'))).rejects.toThrow('ENOENT')
})

it('does not follow a branch that was made a link to another one', async () => {
  await userGit(world.mirror.dir, '--git-dir=.', 'symbolic-ref', `refs/heads/${w.branch}`, 'refs/remotes/origin/main')
  const { sha } = await commitAll(w, MESSAGE)
  expect(await headOf(w)).toBe(sha)
  expect(await userGit(world.mirror.dir, '--git-dir=.', 'rev-parse', 'refs/remotes/origin/main')).toBe(world.base)
})
