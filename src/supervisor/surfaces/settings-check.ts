import { createCheck, findCheckByExternalId, updateCheck } from '../../github/checks.ts'
import { changeOfFile } from '../../github/pull-files.ts'
import { readFile } from '../../github/read-file.ts'
import type { SettingsChange } from '../../report/settings-check.ts'
import { renderSettingsCheck } from '../../report/settings-check.ts'
import { openTasksOnHead } from '../../store/tasks.ts'
import { SETTINGS_CHECK_NAME } from '../../task/evidence.ts'
import { sha256 } from '../../task/hash.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import { diffBetween } from '../../workspace/diff.ts'
import { openMirror } from '../../workspace/mirror.ts'
import { findLost } from '../outbox/find-lost.ts'
import type { SendSurface, SurfaceContext } from '../outbox/surface.ts'
import { SETTINGS_CHECK_ID } from '../settings/settings-check.ts'
import { ORGANISATION_REPOSITORY, parseRemote, SETTINGS_FILE } from '../settings/settings-file.ts'

/** The receipt of a pull request that leaves the file alone: nothing is on GitHub. */
const UNTOUCHED = 'untouched'

/**
 * The check run of a settings file on the pull request that changes it. The file is read at the head, as data; what a
 * commit holds never changes, so one that was judged is not read again.
 */
export const sendSettingsCheck: SendSurface = async (context) => {
  const { corridor, row, repository } = context
  const { github } = corridor
  const { headSha } = row.payload as { readonly headSha: string }
  if (row.remoteId !== null && row.sentHash !== null) return { hash: row.sentHash, remoteId: row.remoteId }
  const change = await changeAt(context, headSha)
  if (change === null) return { hash: UNTOUCHED, remoteId: null }
  const { annotations, ...content } = renderSettingsCheck(change)
  const hash = sha256(JSON.stringify([content, annotations]))
  if (row.remoteId !== null) {
    await updateCheck(github, repository, Number(row.remoteId), content)
    return { hash, remoteId: row.remoteId }
  }
  const run = { name: SETTINGS_CHECK_NAME, headSha, externalId: SETTINGS_CHECK_ID } as const
  const id =
    (await findLost(row, () => findCheckByExternalId(github, repository, run))) ??
    (await createCheck(github, repository, { ...run, ...content, annotations }))
  return { hash, remoteId: String(id) }
}

async function changeAt(context: SurfaceContext, headSha: string): Promise<SettingsChange | null> {
  const { corridor, row, repository } = context
  const { github } = corridor
  if (await isLeftAloneByUs(context, headSha)) return null
  const change = await changeOfFile(github, repository, row.issueNumber, SETTINGS_FILE)
  if (change === null) return null
  const common = { path: SETTINGS_FILE, ofOrganisation: repository.name.toLowerCase() === ORGANISATION_REPOSITORY }
  const file = await readFile(github, repository, SETTINGS_FILE, headSha)
  if (file === null) return { ...common, isThere: false, problems: [] }
  const parsed = parseRemote(file, SETTINGS_FILE)
  return { ...common, isThere: true, problems: parsed.ok ? [] : parsed.problems }
}

/** Of a commit of our own on a branch of our own git knows it here, and GitHub need not be asked. */
async function isLeftAloneByUs({ corridor, repository }: SurfaceContext, headSha: string): Promise<boolean> {
  const [task] = await openTasksOnHead(corridor.db, repository.id, headSha)
  if (!task?.baseSha || isOnPullRequest(task)) return false
  try {
    const mirror = await openMirror(corridor.workRoot, repository.id)
    const { files } = await diffBetween(mirror, task.baseSha, headSha)
    return files.every(({ path, oldPath }) => path !== SETTINGS_FILE && oldPath !== SETTINGS_FILE)
  } catch (error) {
    corridor.log.debug({ err: error, task_id: task.id }, 'the commit is on another machine')
    return false
  }
}
