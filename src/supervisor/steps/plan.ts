import { planDocument } from '../../plan/documents.ts'
import { makePlan, type PlanInput } from '../../plan/make-plan.ts'
import { evaluate } from '../../policy/evaluate.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import { storeDecision } from '../../store/decisions.ts'
import { revisionsOf } from '../../store/history.ts'
import { wantSurface } from '../../store/outbox.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import { changesFiles } from '../../task/changes-files.ts'
import { OperatingError } from '../../task/errors.ts'
import { canonicalJson, sha256 } from '../../task/hash.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import type { Plan, VerificationPlan } from '../../task/plan.ts'
import { detectVerification } from '../../verify/detect/detect.ts'
import { hostsFor } from '../../verify/registries.ts'
import { branchHead, listFilesAt, openMirror, readFileAt } from '../../workspace/mirror.ts'
import { mergeBase } from '../../workspace/refs.ts'
import { standingApprovals } from '../apply/record-approval.ts'
import { rereadText } from '../apply/reread-text.ts'
import { syncMirror } from '../git/sync-mirror.ts'
import { askDrafts } from '../models/ask-drafts.ts'
import { policyFacts } from '../policy-facts.ts'
import { readSnapshot } from '../read-snapshot.ts'
import { skillOf } from '../skills/skill-of.ts'
import type { Step, StepContext } from '../work/step.ts'

const MAX_FILES = 50_000
const MAX_MANIFEST_BYTES = 1_000_000
const NOTHING_TO_RUN: VerificationPlan = { setup: null, setupTimeoutMs: 0, commands: [], source: 'none' }

/** Makes the plan, stores it under its hash, and asks the second gate whether it may be carried out. */
export const planTask: Step = async (context) => {
  const { corridor, task } = context
  const { classification } = task
  if (!classification) throw new Error(`task ${task.id} reached PLAN without a classification`)
  const { unread } = task.inputs
  const { move: reread, also } = unread
    ? await rereadText(corridor, task, unread)
    : { move: undefined, also: undefined }
  if (reread) return also ? { ...reread, also } : reread
  const isCode = changesFiles(classification)
  const { baseSha, verification } = isCode ? await baseOf(context) : { baseSha: null, verification: NOTHING_TO_RUN }
  const snapshot = await readSnapshot(corridor, task)
  const drafts =
    baseSha === null || classification.delivery !== undefined
      ? { documents: [], missing: null }
      : await askDrafts(context, {
          mirror: await openMirror(corridor.workRoot, task.repository.id),
          sha: baseSha,
          mode: classification.mode,
        })
  // As they will be stored: the plan's hash is over these texts.
  const documents = drafts.documents.map(({ name, text }) => ({ name, text: corridor.db.text(text) }))
  const input: PlanInput = {
    taskId: task.id,
    classification,
    // Nothing but the limits: the operator's settings hold the environment of backends, and this is stored.
    settings: { limits: (task.settings ?? corridor.settings).limits },
    skill: await skillOf(corridor, task),
    flags: task.flags,
    budgetUsd: task.budgetUsd,
    ...(await networkOf(corridor, verification)),
    baseBranch: task.baseBranch,
    baseSha,
    verification,
    wanted: [snapshot.request, snapshot.title, snapshot.body].join('\n'),
    ...(classification.delivery === undefined
      ? {}
      : { place: { folder: folderOf(corridor, task), issueNumber: task.issueNumber, title: task.title } }),
    ...(documents.length === 0
      ? {}
      : { documents: documents.map(({ name, text }) => ({ name, sha256: sha256(text) })) }),
    revision: await revisionsOf(corridor.db, task.id),
    changeRequest: task.feedback,
  }
  const plan = makePlan(input)
  const content = canonicalJson(corridor.db.json(plan))
  const planHash = sha256(content)
  const facts = policyFacts(corridor, task, { plan, diff: null })
  const decision = evaluate('execute', facts)
  const move = await followUp(context, plan, planHash, decision)
  return {
    ...move,
    facts: {
      rule: decision.ruleId,
      plan: planHash,
      ...(drafts.missing === null ? {} : { model: `${drafts.missing.by} was not heard: ${drafts.missing.why}` }),
    },
    patch: {
      planHash,
      baseSha,
      // A question leaves the branch of the pull request to others.
      ...(isOnPullRequest(task) && !isCode ? { branch: null, pullNumber: null } : {}),
      ...(decision.kind === 'approve' ? { approvalPolicy: corridor.db.json(decision.approval) } : {}),
    },
    also: async (tx) => {
      await storeArtifact(corridor.db, tx, task.id, { kind: 'plan', name: 'plan.json', content, exact: true })
      for (const { name, text } of [...documents, planDocument(plan)])
        await storeArtifact(corridor.db, tx, task.id, {
          kind: 'document',
          name,
          content: corridor.db.text(text),
          exact: true,
        })
      const made = canonicalJson(corridor.db.json({ version: 1, planHash, input }))
      await storeArtifact(corridor.db, tx, task.id, {
        kind: 'plan_input',
        name: 'plan-input.json',
        content: made,
        exact: true,
      })
      await storeDecision(corridor.db, tx, task.id, decision, facts, planHash)
      if (move.rest) await wantSurface(tx, surfaceOwner(task), 'asking')
    },
  }
}

/** A task that was sorted by an earlier version has settings without it. */
const folderOf = ({ settings }: StepContext['corridor'], task: StepContext['task']): string =>
  (task.settings?.results ?? settings.results).folder

/** As the operator lists it; `detected` is the registry of what the repository is set up with. */
async function networkOf(
  { settings }: StepContext['corridor'],
  { setup }: VerificationPlan,
): Promise<Pick<PlanInput, 'network'>> {
  const hosts = await hostsFor(settings.network.agent, setup ?? '')
  return hosts.length === 0 ? {} : { network: hosts }
}

async function followUp(
  { corridor, task }: StepContext,
  plan: Plan,
  planHash: string,
  decision: ReturnType<typeof evaluate>,
): Promise<Pick<Awaited<ReturnType<Step>>, 'event' | 'reasonCode' | 'rest'>> {
  const { reasonCode } = decision
  const goOn = plan.baseSha === null ? 'approved_without_code' : 'approved'
  if (decision.kind === 'deny' || decision.kind === 'clarify') return { event: 'refused', reasonCode }
  if (decision.kind === 'continue') return { event: goOn, reasonCode }
  const given = await standingApprovals(corridor, { ...task, planHash }, 'execute')
  if (new Set(given.map((a) => a.actor.id)).size >= decision.approval.required)
    return { event: goOn, reasonCode: 'approved_by_person' }
  const expiresMs = (task.settings ?? corridor.settings).approvals.expiresMs
  return { event: 'asked', reasonCode, rest: { waitingOn: 'approval', until: new Date(Date.now() + expiresMs) } }
}

/** The commit to start from, and how the result will be verified: the default branch's own words, else detected there. */
async function baseOf({
  corridor,
  task,
  signal,
}: StepContext): Promise<{ baseSha: string; verification: VerificationPlan }> {
  const mirror = await syncMirror({ corridor, task, signal })
  // On a pull request the work stands on the head that is there, and what is judged is what it adds to that.
  const onPull = isOnPullRequest(task) && task.branch !== null
  const start = onPull ? (task.branch ?? '') : task.baseBranch
  const head = await branchHead(mirror, start)
  if (head === null)
    throw new OperatingError(
      'task',
      onPull ? 'head_branch_missing' : 'base_branch_missing',
      `branch ${start} does not exist in the repository`,
    )
  // Another try on a branch of ours is judged by what the whole branch adds, from where it left its base.
  const baseSha = onPull || task.headSha === null ? head : ((await mergeBase(mirror, head, task.headSha)) ?? head)
  const settings = task.settings ?? corridor.settings
  // Not on the branch that the request names: what verifies is the default branch's to say (SPEC 9.1).
  const trusted = (await branchHead(mirror, task.repository.defaultBranch)) ?? baseSha
  const detected = await detectVerification(await listFilesAt(mirror, trusted, MAX_FILES), (path) =>
    readFileAt(mirror, trusted, path, MAX_MANIFEST_BYTES),
  )
  const headers = settings.headers === undefined ? {} : { headers: settings.headers }
  if (settings.verify === null)
    return { baseSha, verification: { ...detected, ...headers, setup: settings.setup ?? detected.setup } }
  return {
    baseSha,
    verification: { ...detected, ...headers, setup: settings.setup, commands: settings.verify, source: 'repository' },
  }
}
