/** The floors of ARCHITECTURE.md: imports go down only, and a room never looks into another room. */
const rooms = ['intake', 'classify', 'policy', 'plan', 'execute', 'verify', 'report']
const floor0 = ['task', 'redact', 'settings']
const floor1 = ['process', 'github', 'store', 'gateway']
const folder = (...names) => `^src/(${names.join('|')})/`

/** `from` may import only its own folder and `allowed` of ours; packages are another matter. */
const only = (from, allowed) => ({
  name: `floor-of-${from}`,
  severity: 'error',
  from: { path: folder(from) },
  to: { path: '^src/', pathNot: allowed.length === 0 ? folder(from) : folder(from, ...allowed) },
})

/** A package that only one place may know. */
const solely = (name, path, where) => ({
  name: `only-${where.replaceAll(/\W+/g, '-')}-knows-${name}`,
  severity: 'error',
  from: { path: '^src/', pathNot: where },
  to: { path },
})

export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('task', []),
    only('redact', ['task']),
    only('settings', ['task']),
    ...floor1.map((f) => only(f, f === 'store' ? [...floor0, 'generated'] : floor0)),
    only('workspace', [...floor0, 'process']),
    ...rooms.map((r) =>
      only(r, ['execute', 'verify'].includes(r) ? [...floor0, 'workspace', 'process', 'gateway'] : floor0),
    ),
    only('supervisor', [...floor0, ...floor1, 'workspace', ...rooms]),
    only('web', [...floor0, 'store', 'github', 'report']),
    {
      name: 'demo-is-for-the-demo',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(demo/|cli/(demo|run)[.]ts|cli/run/)' },
      to: { path: '^src/demo/' },
    },
    solely('prisma', 'node_modules/@prisma/client', '^src/(store|generated)/'),
    solely('octokit', 'node_modules/@octokit/(rest|auth-app)', '^src/github/'),
    solely('execa', 'node_modules/execa', '^src/process/'),
    solely('ai-sdk', 'node_modules/(ai|@ai-sdk/[^/]+)/', '^src/execute/model/'),
    solely('prom-client', 'node_modules/prom-client', '^src/web/metrics/'),
    solely('simple-git', 'node_modules/simple-git', '^src/workspace/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/generated/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
