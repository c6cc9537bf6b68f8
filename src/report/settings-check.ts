import type { Problem } from '../settings/settings.ts'
import type { RenderedCheck } from './check.ts'
import { count } from './text/format.ts'
import { code, message, plain, row, subject } from './text/safe.ts'

/** What a pull request makes of a settings file. */
export interface SettingsChange {
  readonly path: string
  /** It holds for all repositories of the owner, and not for its own only. */
  readonly ofOrganisation: boolean
  /** false = the pull request takes the file out. */
  readonly isThere: boolean
  readonly problems: readonly Problem[]
}

const MAX_ROWS = 50
const MAX_MESSAGE = 1_000

/** The check run of a settings file: each mistake at its line, with what is allowed there (SPEC 4.4). Pure. */
export function renderSettingsCheck(change: SettingsChange): RenderedCheck {
  const { path, problems } = change
  const isBroken = problems.length > 0
  return {
    status: 'completed',
    conclusion: isBroken ? 'failure' : 'success',
    title: isBroken
      ? `${count(problems.length, 'mistake')} in ${path}`
      : `${path} ${change.isThere ? 'is in order' : 'is taken out'}`,
    summary: (isBroken ? broken(change) : inOrder(change)).join('\n\n'),
    text: '',
    actions: [],
    annotations: problems.slice(0, MAX_ROWS).map((p) => ({
      path,
      line: p.line,
      level: 'failure',
      title: subject(p.key, 200) || 'This file cannot be read',
      message: message(p.message, MAX_MESSAGE),
    })),
  }
}

function broken({ path, ofOrganisation, problems }: SettingsChange): string[] {
  const where = ofOrganisation ? 'in every repository of this owner' : 'in this repository'
  const rows = problems
    .slice(0, MAX_ROWS)
    .map((p) => row([String(p.line), p.key === '' ? 'the file' : code(p.key), plain(p.message, MAX_MESSAGE)]))
  return [
    `${code(path)} cannot be taken as it is here.`,
    ['| Line | Key | Mistake |', '| ---: | --- | --- |', ...rows].join('\n'),
    `Merged like this, the strictest policy would hold ${where} until it is mended: every plan, push and result would wait for another person.`,
    '**To go on:** mend the lines and push. This check looks again by itself.',
  ]
}

function inOrder({ path, ofOrganisation, isThere }: SettingsChange): string[] {
  const above = ofOrganisation ? 'the operator' : 'the operator and the organisation'
  if (!isThere) return [`${code(path)} is taken out. Then what ${above} set holds alone.`]
  return [
    `Every key and value of ${code(path)} is understood. It holds from the merge into the default branch on, and tightens what ${above} set.`,
  ]
}
