/** One instruction of a Dockerfile that means something without an engine. */
export type Step =
  | { readonly kind: 'workdir'; readonly path: string }
  | { readonly kind: 'env'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'run'; readonly script: string }
  | {
      readonly kind: 'copy'
      readonly from: string | null
      readonly sources: readonly string[]
      readonly target: string
    }
  | { readonly kind: 'start'; readonly words: readonly string[] }

export interface Stage {
  readonly name: string
  readonly steps: readonly Step[]
}

const IGNORED = new Set(['EXPOSE', 'USER', 'HEALTHCHECK', 'LABEL'])

/** Reads what our Dockerfile uses of the format; throws on anything else, so that nothing of it goes untried unnoticed. */
export function readDockerfile(text: string): Stage[] {
  const stages: { name: string; steps: Step[] }[] = []
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
  for (const line of lines.filter((one) => one.trim() !== '')) {
    const [, word = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? []
    if (word === 'FROM') stages.push({ name: / AS (\S+)$/.exec(rest)?.[1] ?? 'final', steps: [] })
    else if (!IGNORED.has(word)) stages.at(-1)?.steps.push(stepOf(word, rest))
  }
  return stages
}

function stepOf(word: string, rest: string): Step {
  if (word === 'WORKDIR') return { kind: 'workdir', path: rest }
  if (word === 'RUN') return { kind: 'run', script: rest }
  if (word === 'ENTRYPOINT' || word === 'CMD') return { kind: 'start', words: JSON.parse(rest) }
  if (word === 'ENV') {
    const pairs = rest.split(' ').map((pair) => pair.split('=') as [string, string])
    return { kind: 'env', values: Object.fromEntries(pairs) }
  }
  if (word === 'COPY') {
    const words = rest.split(' ')
    const from = words.find((one) => one.startsWith('--from='))?.slice('--from='.length) ?? null
    const paths = words.filter((one) => !one.startsWith('--'))
    return { kind: 'copy', from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '.' }
  }
  throw new Error(`the Dockerfile has an instruction that is not tried here: ${word} ${rest}`)
}
