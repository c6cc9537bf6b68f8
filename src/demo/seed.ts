import { storedPermission } from './access.ts'
import { ask } from './ask-emulator.ts'
import type { Role, SeedInput } from './types.ts'
import { repositoryNamed, type World } from './world.ts'
import { writeCode } from './write-code.ts'

/** A repository with one commit on `main`; no webhook tells of it. @returns its full name */
export async function seedRepository(
  world: World,
  people: Readonly<Record<string, Role | null>>,
  input: SeedInput,
): Promise<string> {
  const isPrivate = input.private ?? true
  await ask(world, 'POST', '/user/repos', { name: input.name, private: isPrivate, auto_init: false })
  const fullName = `${world.owner}/${input.name}`
  const repository = repositoryNamed(world, fullName)
  const { users, collaborators } = world.emulator.rows
  for (const [login, role] of Object.entries(input.collaborators ?? people)) {
    const user = users.findOneBy('login', login)
    if (!user || role === null || login === world.owner) continue
    collaborators.insert({ repo_id: repository.id, user_id: user.id, permission: storedPermission(role) })
  }
  if (input.drafts === false) world.withoutDrafts.add(repository.id)
  await world.repositories.create(fullName)
  const author = { name: world.owner, email: `${world.owner}@users.noreply.github.com` }
  const { files } = input
  const write = isGitDir(files)
    ? () => world.repositories.git(fullName, ['fetch', '--quiet', '--no-tags', files.gitDir, 'HEAD:refs/heads/main'])
    : () => {
        const message = 'Initial commit'
        return world.repositories.commit(fullName, { branch: 'main', parent: null, files, message, author })
      }
  await writeCode(world, repository, world.owner, write, { silent: true })
  return fullName
}

const isGitDir = (files: SeedInput['files']): files is { readonly gitDir: string } =>
  typeof files['gitDir'] === 'string'
