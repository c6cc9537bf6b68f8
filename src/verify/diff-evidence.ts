import type { Evidence } from '../task/evidence.ts'
import { sha256 } from '../task/hash.ts'
import type { DiffFacts } from '../workspace/diff.ts'
import { excerptOf } from './commands/clean-output.ts'

const MAX_FILES_LISTED = 100

/**
 * What the diff between the base and the commit proves by itself (SPEC 9.3: no change where one was asked for is a
 * fail). A change is any file that differs, an empty file or a mode included.
 */
export function diffEvidence(diff: DiffFacts, commit: string, options: { readonly changeWanted: boolean }): Evidence[] {
  if (!options.changeWanted) return []
  const changed = diff.files.length > 0
  return [
    {
      criterion: 'A change was made',
      kind: 'diff',
      required: true,
      command: null,
      exitCode: null,
      durationMs: 0,
      counts: null,
      excerpt: changed ? excerptOf(listing(diff)) : '',
      artifactHash: changed && !diff.patchTruncated ? sha256(diff.patch) : null,
      commit,
      verdict: changed ? 'pass' : 'fail',
      reasonCode: changed ? null : 'no_change_made',
    },
  ]
}

function listing({ files, added, deleted }: DiffFacts): string {
  const lines = files.slice(0, MAX_FILES_LISTED).map((file) => {
    const size = file.binary ? 'binary' : `+${file.added} −${file.deleted}`
    return `${file.status} ${file.oldPath === null ? '' : `${file.oldPath} → `}${file.path} (${size})`
  })
  const left = files.length - lines.length
  const total = `${files.length} ${files.length === 1 ? 'file' : 'files'}, +${added} −${deleted}`
  return [total, ...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('\n')
}
