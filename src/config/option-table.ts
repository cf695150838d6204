/**
 * The options in one table for each command: name, shape, meaning. Flags, environment variables, keys of
 * the configuration file and the help text are all made from it.
 */
export interface OptionSpec {
  /** Without dashes: "data-dir". */
  readonly name: string;
  /** `optional-value`: may stand alone or with "=value". `list`: may be repeated. */
  readonly kind: 'value' | 'optional-value' | 'list' | 'flag';
  readonly example?: string;
  readonly description: string;
  /** The closed set of values, where there is one. */
  readonly choices?: readonly string[];
}

const SIMULATE: OptionSpec = {
  name: 'simulate',
  kind: 'optional-value',
  example: 'clusters=6,pods=2000,seed=7',
  description: 'a simulated fleet; the default when no other source is named',
};
const HOST: OptionSpec = { name: 'host', kind: 'value', example: '127.0.0.1', description: 'address to listen on' };
const WRITE_KUBECONFIG: OptionSpec = {
  name: 'write-kubeconfig',
  kind: 'value',
  example: 'FILE',
  description: 'with a simulation: write its kubeconfig here',
};
const LOG: OptionSpec = {
  name: 'log',
  kind: 'value',
  choices: ['json', 'text'],
  example: 'json|text',
  description: 'log format on stderr; text on a terminal, else json',
};
const READY_FILE: OptionSpec = {
  name: 'ready-file',
  kind: 'value',
  example: 'FILE',
  description: 'write addresses and tokens here, once ready',
};

export const SERVE_OPTIONS: readonly OptionSpec[] = [
  SIMULATE,
  { name: 'kubeconfig', kind: 'list', example: 'FILE', description: 'clusters of this kubeconfig (repeatable)' },
  { name: 'context', kind: 'list', example: 'NAME', description: 'only this context of the kubeconfigs (repeatable; default all)' },
  { name: 'in-cluster', kind: 'flag', description: 'the cluster that the gateway runs in' },
  {
    name: 'argocd-namespace',
    kind: 'value',
    example: 'NS',
    description: "the clusters of Argo CD's cluster Secrets (not in this version)",
  },
  HOST,
  { name: 'port', kind: 'value', example: '4000', description: 'port to listen on; 0: any free one' },
  {
    name: 'auth',
    kind: 'value',
    choices: ['local', 'token-review', 'oidc'],
    example: 'MODE',
    description: 'local (one person, loopback only) or token-review (oidc: not in this version)',
  },
  {
    name: 'token-review-context',
    kind: 'value',
    example: 'NAME',
    description: 'whose API server reviews tokens; default the hub, else the first',
  },
  { name: 'audience', kind: 'value', example: 'fleetgraph', description: 'the audience that a token must be good for' },
  {
    name: 'hub',
    kind: 'value',
    example: 'CONTEXT',
    description: 'the cluster that keeps rollouts and operations, as custom resources',
  },
  {
    name: 'data-dir',
    kind: 'value',
    example: 'DIR',
    description: 'where state is kept without a hub; ./.fleetgraph, in memory with a simulation or --read-only',
  },
  {
    name: 'evidence-seconds',
    kind: 'value',
    example: '25',
    description: 'a run halts when new pods cannot be pulled or crash for so long',
  },
  {
    name: 'unready-seconds',
    kind: 'value',
    example: '25',
    description: 'or run for so long without getting ready, beyond what their probes and their like need',
  },
  { name: 'read-only', kind: 'flag', description: 'every mutation answers BlockedError' },
  {
    name: 'playground',
    kind: 'value',
    choices: ['auto', 'on', 'off'],
    example: 'auto',
    description: 'auto: on in local mode and in a simulation',
  },
  WRITE_KUBECONFIG,
  LOG,
  READY_FILE,
  { name: 'config', kind: 'value', example: 'FILE', description: 'a YAML file with these options as keys' },
];

export const SIMULATE_OPTIONS: readonly OptionSpec[] = [
  SIMULATE,
  HOST,
  { name: 'port', kind: 'value', example: '0', description: 'port to listen on; 0 (the default): any free one' },
  WRITE_KUBECONFIG,
  LOG,
  READY_FILE,
];

export function optionNamed(options: readonly OptionSpec[], name: string): OptionSpec | undefined {
  return options.find((option) => option.name === name);
}

export function environmentName(option: OptionSpec): string {
  return `FLEETGRAPH_${option.name.toUpperCase().replaceAll('-', '_')}`;
}
