// Who may import whom: the table of ARCHITECTURE.md, checked on every run.
const MAY_IMPORT = {
  runtime: [],
  model: [],
  kube: ['model', 'runtime'],
  informer: ['kube', 'model', 'runtime'],
  store: ['model', 'runtime'],
  feed: ['store', 'model', 'runtime'],
  status: ['store', 'model'],
  fleet: ['informer', 'store', 'feed', 'kube', 'model', 'runtime'],
  apiserver: ['kube', 'model', 'runtime'],
  hub: ['kube', 'model', 'runtime'],
  simulator: ['apiserver', 'kube', 'model', 'runtime'],
  auth: ['kube', 'model', 'runtime'],
  rollout: ['hub', 'status', 'store', 'feed', 'kube', 'model', 'runtime'],
  commands: ['rollout', 'hub', 'fleet', 'store', 'auth', 'kube', 'status', 'model', 'runtime'],
  graph: ['commands', 'rollout', 'store', 'feed', 'fleet', 'auth', 'status', 'model', 'runtime'],
  server: ['graph', 'auth', 'telemetry', 'model', 'runtime'],
  telemetry: ['runtime'],
  config: ['model'],
};
// src/program and main.ts wire everything together: they may import all of it.
const folders = Object.keys(MAY_IMPORT);

module.exports = {
  forbidden: [
    ...folders.map((folder) => ({
      name: `${folder}-imports-only-its-neighbours`,
      comment: `src/${folder} may import ${MAY_IMPORT[folder].join(', ') || 'nothing of ours'}: arrows go one way.`,
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: [`^src/${folder}/`, ...MAY_IMPORT[folder].map((other) => `^src/${other}/`)] },
    })),
    {
      name: 'adapters-are-chosen-in-program',
      comment: 'kube/http and the simulator are adapters: only src/program picks them; everyone else sees the port.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/program/', '^src/kube/http/', '^src/simulator/', '\\.test\\.ts$'] },
      to: { path: '^src/(kube/http|simulator)/' },
    },
    {
      name: 'the-engine-is-pure',
      comment: 'What decides about a run reads and sends nothing: the hub, the feed and the driver are at its edge.',
      severity: 'error',
      from: { path: '^src/rollout/[^/]+\\.ts$', pathNot: ['^src/rollout/run(-book|-driver)?\\.ts$', '\\.test\\.ts$'] },
      to: { path: '^src/(rollout/driver|hub|feed)/' },
    },
    {
      name: 'vendor-client-only-in-kube-http',
      comment: '@kubernetes/client-node gives kubeconfig parsing and credentials, behind the port.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/kube/http/' },
      to: { path: 'node_modules/@kubernetes/client-node' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that cannot load without each other are one file. Type-only edges are allowed.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, dependencyTypesNot: ['type-only'], viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'clients-are-outsiders',
      comment: 'Clients see the schema and their generated types, never src.',
      severity: 'error',
      from: { path: '^clients/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|test)/' },
    },
    {
      name: 'production-never-imports-tests',
      comment: 'src must run without test.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: ['^test/', '\\.test\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
