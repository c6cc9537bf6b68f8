import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LoopbackGitHub, startLoopbackGitHub } from '../../src/demo/loopback-github.ts'
import { readManifest } from '../../src/demo/manifest.ts'
import { createGitHub } from '../../src/github/client.ts'
import { packageRoot } from '../../src/package-root.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import type { RepositoryRef } from '../../src/task/task.ts'
import type { TestStore } from '../support/store.ts'
import { corridorOf } from './corridor.ts'

/** A corridor with a loopback GitHub that sends no webhooks, a repository in it, and an issue. Close it. */
export interface Ground {
  readonly gh: LoopbackGitHub
  readonly corridor: Corridor
  readonly repository: RepositoryRef
  /** `owner/name`. */
  readonly name: string
  readonly issueNumber: number
  close(): Promise<void>
}

/** @param onMoved see `createGitHub` */
export async function openGround(
  store: TestStore,
  onMoved: (repositoryId: number) => void = () => {},
): Promise<Ground> {
  const dir = await mkdtemp(join(tmpdir(), 'supervisor-ground-'))
  const manifest = await readManifest(join(packageRoot(import.meta.dirname), 'app.yml'))
  const gh = await startLoopbackGitHub({ dir, webhookUrl: null, manifest })
  const name = await gh.seedRepository({ name: 'app', files: { 'a.txt': 'a\n' } })
  const issueNumber = (await gh.as('maintainer').issue(name, 'A title')).number
  const { id } = (await gh.as(gh.owner).api('GET', `/repos/${name}`)) as { id: number }
  const github = createGitHub({
    appId: gh.app.id,
    privateKey: gh.app.privateKey,
    apiUrl: gh.url,
    webUrl: gh.url,
    redact: (text) => text,
    log: { warn: () => undefined },
    onMoved,
  })
  return {
    gh,
    corridor: { ...corridorOf(store), github, workRoot: dir },
    repository: {
      id,
      installationId: gh.app.installationId,
      owner: gh.owner,
      name: 'app',
      private: true,
      defaultBranch: 'main',
    },
    name,
    issueNumber,
    close: async () => {
      await gh.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
