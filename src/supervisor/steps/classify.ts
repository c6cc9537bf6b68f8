import type { ClassifyInput } from '../../classify/classify.ts'
import { type AskedOpinion, classifyWith } from '../../classify/opinion.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { canonicalJson, sha256 } from '../../task/hash.ts'
import type { Corridor } from '../corridor.ts'
import { syncMirror } from '../git/sync-mirror.ts'
import { askOpinion } from '../models/ask-opinion.ts'
import { wantStateLabels } from '../outbox/state-labels.ts'
import { readSnapshot } from '../read-snapshot.ts'
import { flagsWithin } from '../settings/flags-within.ts'
import { isSettingsNote, readSettings } from '../settings/read-settings.ts'
import { repositoryPacks } from '../skills/repository-packs.ts'
import type { Step } from '../work/step.ts'

/** Reads the repository's policy from its default branch, then says what kind of task this is, and how sure it is. */
export const classifyTask: Step = async (context) => {
  const { corridor, task } = context
  const mirror = await syncMirror(context)
  const { settings, sha, organisationSha, notes: broken } = await readSettings(corridor, task, mirror)
  const snapshot = await readSnapshot(corridor, task)
  const { packs, problems } = await repositoryPacks(mirror, sha, settings.skills.allow)
  // A pack of the repository that the operator allows stands in for ours of the same name.
  const skills = [
    ...packs.map((p) => p.skill),
    ...corridor.skills.filter((s) => !packs.some((p) => p.skill.name === s.name)),
  ]
  const input: ClassifyInput = {
    title: snapshot.title,
    ...(task.inputs.only === undefined
      ? {
          body: [snapshot.body, ...task.inputs.clarifications].join('\n\n'),
          request: [snapshot.request, ...task.inputs.clarifications].join('\n'),
        }
      : { body: snapshot.body, request: task.inputs.only, isOne: true }),
    labels: snapshot.labels,
    isPullRequest: task.isPullRequest,
    repositoryPrivate: task.repository.private,
    mode: task.flags.mode ?? null,
    skillName: task.flags.skill ?? null,
    told: task.inputs.told ?? null,
    results: settings.results.as,
    ...(isToolServer(corridor, task) ? { callsTool: true } : {}),
    skills: skills.map(({ name, workflow, match, requiredCapabilities }) => ({
      name,
      workflow,
      match,
      requiredCapabilities,
    })),
  }
  const opinion = await askOpinion(context, input)
  const classification = classifyWith(input, opinion)
  const { type, risk, complexity, mode, workflow, confidence, capabilities } = classification
  const { budgetUsd, notes: lowered } = flagsWithin(task.flags, settings, task.budgetUsd)
  const notes = [
    ...task.inputs.notes.filter((n) => !isSettingsNote(n.reasonCode) && !OWN_NOTES.includes(n.reasonCode)),
    ...broken,
    ...lowered,
  ]
  for (const p of problems)
    notes.push({ reasonCode: 'skill_invalid', detail: `${p.file}:${p.line}: ${p.message}`.slice(0, 500) })
  const chosen = packs.find((p) => p.skill.name === classification.skill)
  const text = chosen === undefined ? null : corridor.db.text(chosen.text)
  const { pack: _before, ...inputs } = task.inputs
  const pack = text === null ? {} : { pack: { name: chosen?.skill.name ?? '', hash: sha256(text) } }
  return {
    event: 'classified',
    reasonCode: 'classified',
    facts: {
      type,
      risk,
      mode,
      confidence,
      settingsSha: sha,
      organisationSha,
      ...(opinion === null ? {} : { model: toldOf(opinion) }),
    },
    patch: {
      type,
      risk,
      complexity,
      mode,
      workflow,
      confidence,
      capabilities: [...capabilities],
      classification: corridor.db.json(classification),
      settings: corridor.db.json(settings),
      budgetUsd,
      settingsSha: sha,
      inputs: corridor.db.json({ ...inputs, ...pack, notes }),
    },
    also: async (tx) => {
      // With all that it was made of, so that it can be repeated. Redacted value by value, like the snapshot.
      const content = canonicalJson(corridor.db.json({ version: 1, input, opinion, classification }))
      const name = 'classification.json'
      if (text !== null)
        await storeArtifact(corridor.db, tx, task.id, { kind: 'skill', name: 'SKILL.md', content: text, exact: true })
      await storeArtifact(corridor.db, tx, task.id, { kind: 'classification', name, content, exact: true })
      if (settings.labels.states) await wantStateLabels(tx, task)
    },
  }
}

/** Notes that each classification writes anew. */
const OWN_NOTES: readonly string[] = ['skill_invalid', 'flag_lowered']

/** The backend that was asked for by name, where calls of tools are all that it can do. */
function isToolServer({ registry }: Corridor, { flags }: StoredTask): boolean {
  const asked = flags.backend === undefined ? null : registry.get(flags.backend)
  return asked?.capabilities.every((capability) => capability === 'mcp') === true
}

const toldOf = (opinion: AskedOpinion): string =>
  opinion.kind === 'given' ? `${opinion.by} was heard` : `${opinion.by} was not heard: ${opinion.why}`
