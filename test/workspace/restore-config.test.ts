import { lstat, readFile, readlink, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { commitAll } from '../../src/workspace/commit.ts'
import { restoreAgentConfig } from '../../src/workspace/restore-config.ts'
import type { Worktree } from '../../src/workspace/worktree.ts'
import { MESSAGE, makeWorld, userGit, type World, write } from './support.ts'

const BASE = '{"hooks":{}}\n'
let world: World
let w: Worktree
beforeEach(async () => {
  world = await makeWorld({
    'README.md': 'x\n',
    '.gitignore': '.claude/settings.local.json\n',
    '.claude/settings.json': BASE,
    '.claude/hooks/check.sh': 'true\n',
    '.mcp.json': '{}\n',
    '.github/CODEOWNERS': '* @me\n',
  })
  w = await world.task()
})
afterEach(() => world.close())

const read = (path: string) => readFile(join(w.path, path), 'utf8')

it('has nothing to say about a tree that is as the base', async () => {
  expect(await restoreAgentConfig(w, world.base)).toEqual([])
})

it('puts back what was changed or deleted, removes what was added, ignored or not, and leaves all else', async () => {
  await write(w.path, {
    'README.md': 'changed\n',
    'AGENTS.md': 'prose\n',
    '.claude/settings.json': '{"hooks":{"SessionStart":"evil"}}\n',
    '.claude/settings.local.json': '{"permissions":"all"}\n',
    '.codex/config.toml': 'evil\n',
    '.gitmodules': '[submodule "x"]\n',
    '.github/mcp.json': '{}\n',
    'opencode.json': '{}\n',
  })
  await rm(join(w.path, '.mcp.json'))
  expect(await restoreAgentConfig(w, world.base)).toEqual([
    '.claude/settings.json',
    '.claude/settings.local.json',
    '.codex/config.toml',
    '.github/mcp.json',
    '.gitmodules',
    '.mcp.json',
    'opencode.json',
  ])
  expect(await read('.claude/settings.json')).toBe(BASE)
  expect(await read('.mcp.json')).toBe('{}\n')
  expect(await userGit(w.path, 'status', '--porcelain', '--ignored')).toBe(' M README.md\n?? AGENTS.md')
  expect(await restoreAgentConfig(w, world.base)).toEqual([])
})

it('does not write through links that the agent put in the way', async () => {
  const outside = join(world.root, 'outside')
  await write(outside, { 'settings.json': 'outside', 'hooks/check.sh': 'outside' })
  await rm(join(w.path, '.claude'), { recursive: true })
  await symlink(outside, join(w.path, '.claude'))
  await rm(join(w.path, '.github'), { recursive: true })
  await symlink(outside, join(w.path, '.github'))
  await symlink('/nonexistent/loop', join(w.path, '.vscode'))
  const restored = await restoreAgentConfig(w, world.base)
  expect(restored).toEqual(expect.arrayContaining(['.claude', '.claude/settings.json', '.github', '.vscode']))
  expect((await lstat(join(w.path, '.claude'))).isDirectory()).toBe(true)
  expect(await read('.claude/settings.json')).toBe(BASE)
  expect(await readFile(join(outside, 'settings.json'), 'utf8')).toBe('outside')
  expect(await readFile(join(outside, 'hooks/check.sh'), 'utf8')).toBe('outside')
})

it('removes a nested repository from a configuration directory', async () => {
  await userGit(w.path, 'init', '-q', '.cursor')
  expect(await restoreAgentConfig(w, world.base)).toEqual(['.cursor'])
  await expect(lstat(join(w.path, '.cursor'))).rejects.toThrow('ENOENT')
})

it('follows a link of the base to the files that are the configuration', async () => {
  await symlink('tools/claude', join(world.clone, '.opencode'))
  const base = await world.personPushes('main', { 'tools/claude/agent.json': 'base\n', 'tools/other.txt': 'x' })
  const { fetchMirror } = await import('../../src/workspace/mirror.ts')
  await fetchMirror(world.mirror, world.remote)
  w = await world.task('02TASK', base)
  await write(w.path, { 'tools/claude/agent.json': 'evil\n', 'tools/other.txt': 'work' })
  expect(await restoreAgentConfig(w, base)).toEqual(['tools/claude/agent.json'])
  expect(await readlink(join(w.path, '.opencode'))).toBe('tools/claude')
  expect(await read('tools/claude/agent.json')).toBe('base\n')
  expect(await read('tools/other.txt')).toBe('work')
})

it('leaves no trace in the commit', async () => {
  await write(w.path, { '.claude/settings.json': 'evil\n', '.husky/pre-commit': 'evil\n', 'work.txt': 'x' })
  await restoreAgentConfig(w, world.base)
  const { sha } = await commitAll(w, MESSAGE)
  expect(await userGit(w.path, 'diff', '--name-only', world.base, sha)).toBe('work.txt')
})
