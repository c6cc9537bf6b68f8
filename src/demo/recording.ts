import { sampleFiles } from './sample-repository.ts'

/**
 * A recorded run on the sample repository, in the format of the backend type `recorded`: round 0 mends the bug and adds
 * a test that fails without the fix, round 1 does what a reviewer of the demo asks for.
 */
export const sampleRecording = {
  version: 1,
  rounds: [
    {
      say: 'pageOf() multiplied the page number as if pages were counted from 0. It counts from 1 now. Added a test for the last page.',
      edits: [
        {
          path: 'src/pager.js',
          content: replaced('src/pager.js', 'const start = page * size', 'const start = (page - 1) * size'),
        },
        {
          path: 'test/page-of.test.js',
          content: `${sampleFiles['test/page-of.test.js']}
test('the last page holds what is left', () => {
  assert.deepEqual(pageOf(letters, { page: 3, size: 2 }), ['e'])
})
`,
        },
      ],
    },
    {
      say: 'Added a CHANGELOG entry for the fix.',
      edits: [
        {
          path: 'CHANGELOG.md',
          content: `# Changelog

## Unreleased

- \`pageOf()\` no longer skips the first page: pages are counted from 1, as the README says.
`,
        },
      ],
    },
  ],
} as const

/** What the demo's reviewer writes, and round 1 answers. */
export const sampleChangeRequest = 'Good fix. Please add a CHANGELOG entry for it.'

function replaced(path: string, from: string, to: string): string {
  const text = sampleFiles[path]
  if (!text?.includes(from)) throw new Error(`the sample's ${path} has no "${from}" any more`)
  return text.replace(from, to)
}
