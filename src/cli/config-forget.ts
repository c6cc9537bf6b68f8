import { ConfigError } from '../config.ts'
import { forgetOrganisationFile } from '../store/organisation-files.ts'
import { withStore } from './with-store.ts'

/**
 * `supervisor config forget OWNER`: what an owner's settings file said when it was last read no longer holds. For one that
 * will never be read again, because its repository was deleted; one that can be read holds from the next look on.
 */
export async function configForget(owner: string): Promise<void> {
  const wasThere = await withStore((db) => forgetOrganisationFile(db, owner))
  if (!wasThere) throw new ConfigError(`no settings of ${owner} are remembered`)
  process.stdout.write(
    `What ${owner}’s settings file said is forgotten. Running workers may hold it for a minute more.\n`,
  )
}
