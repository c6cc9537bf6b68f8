import { join } from 'node:path'
import type { Config } from './config.ts'
import { permissionOf } from './github/permission-of.ts'
import { createSignIn } from './github/sign-in.ts'
import { packageRoot } from './package-root.ts'
import type { Corridor } from './supervisor/corridor.ts'
import { loadAssets } from './web/assets.ts'
import type { WebHandler } from './web/handler.ts'
import { createSignInDoor } from './web/sign-in/sign-in-routes.ts'
import { createStreams } from './web/streams.ts'
import { type Pages, taskRoutes } from './web/task-routes.ts'
import { createAccess } from './web/visitor.ts'

const ASSETS_DIR = join(packageRoot(import.meta.dirname), 'assets')

/** The handlers of the pages, for a listener that tells its visitors in its own way. */
export type PagesBuilder = (visitorOf: Pages['visitorOf']) => WebHandler[]

export interface TaskPages {
  readonly build: PagesBuilder
  /** With signing in, for the front door; none without the App's OAuth credentials and a public address. */
  readonly signedIn: readonly WebHandler[]
  readonly stop: () => Promise<void>
}

/** The pages of tasks: who may look is told by the listener, what there is to see is the same. */
export async function createTaskPages(config: Config, corridor: Corridor): Promise<TaskPages> {
  const { db, github, log } = corridor
  const assets = await loadAssets(ASSETS_DIR)
  const streams = createStreams(db)
  const access = createAccess((repository, login) => permissionOf(github, repository, login))
  const webUrl: Pages['webUrl'] = (repository) => github.webUrl(repository)
  const build: PagesBuilder = (visitorOf) => [
    assets.serve,
    taskRoutes({ db, assets, access, streams, visitorOf, webUrl }),
  ]
  return { build, signedIn: signedIn(), stop: async () => streams.close() }

  function signedIn(): WebHandler[] {
    const { oauth, publicUrl, apiUrl, webUrl: gitHubUrl } = config
    if (!oauth || !publicUrl) return []
    const door = createSignInDoor({
      publicUrl,
      secret: oauth.clientSecret,
      signIn: createSignIn({ ...oauth, apiUrl, webUrl: gitHubUrl }),
      assets,
      onError: (err) => log.warn({ err }, 'signing in'),
    })
    return [door.routes, ...build(door.visitorOf)]
  }
}
