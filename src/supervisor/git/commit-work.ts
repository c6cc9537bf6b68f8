import { commitMessage } from '../../report/commit-message.ts'
import { commitAll, headOf } from '../../workspace/commit.ts'
import type { Worktree } from '../../workspace/worktree.ts'
import type { StepContext } from '../work/step.ts'
import { storeWork } from './carry-work.ts'

/** Commits the task's tree as the App's bot (SPEC 7.3), and stores the work for other machines. @returns the task's commit: the new one, or the last where nothing changed */
export async function commitWork(context: StepContext, worktree: Worktree): Promise<string> {
  const { corridor, task, signal } = context
  signal.throwIfAborted()
  const bot = await corridor.github.botUser()
  const host = corridor.github.noreplyHost
  const message = commitMessage({ task, host })
  const { sha, changed } = await commitAll(worktree, {
    message,
    author: { name: bot.login, email: `${bot.id}+${bot.login}@${host}` },
  })
  const head = changed ? sha : await headOf(worktree)
  await storeWork(context, worktree, head)
  return head
}
