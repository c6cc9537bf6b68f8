import { listComments, readIssue } from '../../github/issues.ts'
import { cleanText } from '../../intake/clean-text.ts'
import { findCommand } from '../../intake/find-command.ts'
import { COMMAND_WORD } from '../../intake/parse-command.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import type { TaskInputs } from '../../store/tasks.ts'
import { canonicalJson, sha256 } from '../../task/hash.ts'
import type { Snapshot, SnapshotText } from '../../task/snapshot.ts'
import { mayWrite, permissionOfActor } from '../accept/permission.ts'
import { syncMirror } from '../git/sync-mirror.ts'
import type { Step, StepContext } from '../work/step.ts'

export const MAX_TITLE = 500
export const MAX_BODY = 64_000
const MAX_COMMENT = 16_000
const MAX_COMMENTS = 50
const OUR_WORD: ReadonlySet<string> = new Set([COMMAND_WORD])

/**
 * Freezes what the task may read (SPEC 1.7): title and body as the delivery carried them, the request, and comments of
 * people with write access up to the command. The hash is of the stored bytes.
 */
export const intake: Step = async (context) => {
  const { corridor, task } = context
  const { inputs } = task
  const title = cleanText(inputs.title, MAX_TITLE)
  const body = cleanText(inputs.body, MAX_BODY)
  const request = cleanText(task.request, MAX_COMMENT)
  // The next step wants the mirror; fetching it takes about as long as the two questions here.
  void syncMirror(context).catch(() => undefined)
  const [comments, later] = await Promise.all([readableComments(context), laterText(context)])
  const snapshot: Snapshot = {
    title: title.text,
    body: body.text,
    request: request.text,
    comments: comments.texts,
    location: inputs.location && readable(inputs.location),
    ...(inputs.lines === undefined ? {} : { lines: inputs.lines.map(readable) }),
    hiddenRemoved:
      inputs.hiddenInRequest +
      title.hiddenRemoved +
      body.hiddenRemoved +
      request.hiddenRemoved +
      comments.hiddenRemoved,
    commentsLeftOut: comments.leftOut,
    labels: inputs.labels,
  }
  const notes = [...inputs.notes]
  if (snapshot.hiddenRemoved > 0)
    notes.push({ reasonCode: 'hidden_text_removed', detail: String(snapshot.hiddenRemoved) })
  if (snapshot.commentsLeftOut > 0)
    notes.push({ reasonCode: 'comments_left_out', detail: String(snapshot.commentsLeftOut) })
  if (later) notes.push({ reasonCode: 'snapshot_changed', detail: changedIn(inputs, later) })
  // Redacted value by value: in the finished JSON, what is taken out could reach over a quotation mark.
  const content = canonicalJson(corridor.db.json(snapshot))
  return {
    event: 'accepted',
    reasonCode: inputs.commentId === null ? 'label_accepted' : 'command_accepted',
    facts: { snapshot: sha256(content), comments: snapshot.comments.length, hidden: snapshot.hiddenRemoved },
    patch: {
      snapshotHash: sha256(content),
      inputs: corridor.db.json({ ...inputs, notes, ...(later ? { later } : {}) }),
    },
    also: async (tx) => {
      await storeArtifact(corridor.db, tx, task.id, { kind: 'snapshot', name: 'snapshot.json', content, exact: true })
    },
  }
}

/** Where an answer goes is nothing that the task reads. */
function readable<Place extends { readonly thread?: unknown }>({
  thread: _thread,
  ...rest
}: Place): Omit<Place, 'thread'> {
  return rest
}

/** The issue's text is not what the command's delivery carried: somebody edited it in between. null = it is the same. */
async function laterText({ corridor, task }: StepContext): Promise<{ title: string; body: string } | null> {
  const { title, body } = await readIssue(corridor.github, task.repository, task.issueNumber)
  return title === task.inputs.title && body === task.inputs.body ? null : { title, body }
}

function changedIn(inputs: TaskInputs, later: { readonly title: string; readonly body: string }): string {
  return (['title', 'body'] as const).filter((part) => inputs[part] !== later[part]).join(' and ')
}

/** Comments of people with write access, written before the command; never ours, never a bot's. */
async function readableComments({
  corridor,
  task,
}: StepContext): Promise<{ texts: SnapshotText[]; hiddenRemoved: number; leftOut: number }> {
  const texts: SnapshotText[] = []
  let hiddenRemoved = 0
  let leftOut = 0
  for (const comment of await listComments(corridor.github, task.repository, task.issueNumber, MAX_COMMENTS)) {
    const { author } = comment
    // As times, not as texts: one has thousandths of a second, the other has none. GitHub's are whole seconds, rounded down.
    const isLater = Date.parse(comment.createdAt) > Date.parse(task.inputs.at)
    if (comment.id === task.inputs.commentId || isLater || author.type !== 'User') continue
    if (!mayWrite(await permissionOfActor(corridor, task.repository, author))) {
      // A question to us, like `status`, is nothing that the task could miss.
      if (findCommand(comment.body, OUR_WORD) === null) leftOut++
      continue
    }
    const { text, hiddenRemoved: hidden } = cleanText(comment.body, MAX_COMMENT)
    hiddenRemoved += hidden
    texts.push({ author, text, createdAt: comment.createdAt })
  }
  return { texts, hiddenRemoved, leftOut }
}
