import { OptionReader, present } from './option-reader.ts';
import { SERVE_OPTIONS } from './option-table.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';
import {
  type ClusterEntry,
  optionsFromEnvironment,
  optionsFromFile,
  optionsFromFlags,
  type RawOption,
  type RawOptions,
} from './raw-options.ts';

/** What `fleetgraph serve` was asked for, checked as far as that is possible without touching the world. */
export interface ServeConfig {
  readonly source: ClusterSourceConfig;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly auth: 'local' | 'token-review';
  readonly tokenReviewContext?: string;
  readonly audience: string;
  readonly hub?: string;
  readonly dataDir?: string;
  /** How long new pods may fail before their run halts, as far as it was said. */
  readonly patience: { readonly evidenceSeconds?: number; readonly unreadySeconds?: number };
  readonly readOnly: boolean;
  readonly playground: boolean;
  readonly writeKubeconfig?: string;
  readonly log?: 'json' | 'text';
  readonly readyFile?: string;
  readonly clusters: readonly ClusterEntry[];
  /** An option as the person wrote it, for problems that only the world shows. */
  readonly keyOf: (option: string) => string;
}

/** `fleet` is the text after `--simulate=`, '' for the default fleet. */
export type ClusterSourceConfig =
  | { readonly kind: 'simulated'; readonly fleet: string }
  | { readonly kind: 'real'; readonly kubeconfigs: readonly string[]; readonly contexts: readonly string[]; readonly inCluster: boolean };

export interface ServeInput {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Reads a file as text; throws when it cannot. */
  readonly readFile: (path: string) => string;
}

/** Flag beats environment beats file. Throws `ConfigError` with every problem found. */
export function parseServeConfig(input: ServeInput): ServeConfig {
  const flags = optionsFromFlags(input.args, SERVE_OPTIONS);
  const environment = optionsFromEnvironment(input.environment, SERVE_OPTIONS);
  const problems = [...flags.problems, ...environment.problems];
  for (const word of flags.positionals) problems.push({ key: word, message: strayWord(word) });
  const path = flags.options.get('config') ?? environment.options.get('config');
  const file = path === undefined ? undefined : readConfigFile(path, input.readFile, problems);
  problems.push(...(file?.problems ?? []));
  const options: RawOptions = new Map([...(file?.options ?? []), ...environment.options, ...flags.options]);
  const config = readServeConfig(new OptionReader(options, problems), file?.clusters ?? []);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function strayWord(word: string): string {
  return word.includes('=') && /clusters|pods|seed/.test(word)
    ? `is not an option; a fleet is given as --simulate=${word}`
    : 'is neither a command nor an option; see --help';
}

function readConfigFile(path: RawOption, readFile: (path: string) => string, problems: ConfigProblem[]) {
  const name = path.values[0] ?? '';
  try {
    return optionsFromFile(readFile(name), name, SERVE_OPTIONS);
  } catch (error) {
    problems.push({ key: path.key, message: `cannot read ${name}: ${reasonOf(error)}` });
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  return error instanceof Error ? error.message : String(error);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** What the options mean together. */
function readServeConfig(reader: OptionReader, clusters: readonly ClusterEntry[]): ServeConfig {
  const source = sourceOf(reader);
  const host = reader.text('host') ?? '127.0.0.1';
  const auth = authOf(reader, host);
  const tokenReviewContext = onlyWithTokenReview('token-review-context', auth, reader);
  const audience = onlyWithTokenReview('audience', auth, reader) ?? 'fleetgraph';
  const playground = reader.choice('playground', ['auto', 'on', 'off']) ?? 'auto';
  if (reader.has('argocd-namespace')) {
    reader.problem('argocd-namespace', "clusters of Argo CD's Secrets are not in this version; name them by --kubeconfig");
  }
  return {
    source,
    host,
    port: reader.port(4000),
    auth,
    audience,
    patience: {
      ...present('evidenceSeconds', reader.seconds('evidence-seconds')),
      ...present('unreadySeconds', reader.seconds('unready-seconds')),
    },
    readOnly: reader.flag('read-only'),
    playground: playground === 'on' || (playground === 'auto' && (auth === 'local' || source.kind === 'simulated')),
    clusters,
    keyOf: (option) => reader.keyOf(option),
    ...present('tokenReviewContext', tokenReviewContext),
    ...present('hub', reader.text('hub')),
    ...present('dataDir', reader.text('data-dir')),
    ...present('writeKubeconfig', writeKubeconfigOf(reader, source)),
    ...present('log', reader.choice('log', ['json', 'text'])),
    ...present('readyFile', reader.text('ready-file')),
  };
}

function sourceOf(reader: OptionReader): ClusterSourceConfig {
  const simulate = reader.text('simulate');
  const kubeconfigs = reader.list('kubeconfig');
  const contexts = reader.list('context');
  const inCluster = reader.flag('in-cluster');
  const isReal = kubeconfigs.length > 0 || inCluster;
  if (simulate !== undefined && simulate !== 'false' && isReal) {
    reader.problem('simulate', 'is one source of clusters and --kubeconfig or --in-cluster is another; leave one of them out');
  }
  if (simulate === 'false' && !isReal) {
    reader.problem('simulate', 'is false and no other source of clusters is named; name one by --kubeconfig');
  }
  if (contexts.length > 0 && kubeconfigs.length === 0) {
    reader.problem('context', 'names a context but no --kubeconfig is given; $KUBECONFIG and ~/.kube/config are never read unless named');
  }
  if (isReal) return { kind: 'real', kubeconfigs, contexts, inCluster };
  return { kind: 'simulated', fleet: simulate === undefined || simulate === 'true' ? '' : simulate };
}

function authOf(reader: OptionReader, host: string): 'local' | 'token-review' {
  const auth = reader.choice('auth', ['local', 'token-review', 'oidc']) ?? 'local';
  if (auth === 'oidc') {
    reader.problem('auth', 'oidc is not in this version; use local or token-review');
    return 'token-review';
  }
  if (auth === 'local' && !isLoopback(host)) {
    reader.problem(
      'host',
      `${host} is not a loopback address, and local mode serves only the person at this machine; use --auth token-review`,
    );
  }
  return auth;
}

function onlyWithTokenReview(name: string, auth: string, reader: OptionReader): string | undefined {
  const value = reader.text(name);
  if (value !== undefined && auth !== 'token-review') reader.problem(name, 'has a meaning only with --auth token-review');
  return value;
}

function writeKubeconfigOf(reader: OptionReader, source: ClusterSourceConfig): string | undefined {
  const path = reader.text('write-kubeconfig');
  if (path !== undefined && source.kind !== 'simulated') reader.problem('write-kubeconfig', 'has a meaning only with a simulation');
  return path;
}
