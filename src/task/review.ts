/** One thing that a reviewer found; untrusted, bounded. */
export interface Finding {
  readonly file: string | null
  readonly line: number | null
  readonly severity: 'blocking' | 'minor'
  readonly text: string
}

/** What a second agent says of a change (SPEC 8). An opinion: it can send the change back, and never make it green. */
export interface Review {
  readonly verdict: 'pass' | 'changes_wanted'
  readonly findings: readonly Finding[]
}

/** The findings as lines of text, those that block first. */
export function findingLines({ findings }: Review): string[] {
  return findings
    .toSorted((a, b) => a.severity.localeCompare(b.severity))
    .map(({ file, line, severity, text }) => {
      const place = file === null ? '' : `${file}${line === null ? '' : `:${line}`}: `
      return `- ${severity}: ${place}${text.replace(/\s+/g, ' ')}`
    })
}
