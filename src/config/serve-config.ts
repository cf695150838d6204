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
  readonly readOnly: boolean;
  readonly playground: boolean;
  readonly writeKubeconfig?: string;
  readonly log?: 'json' | 'text';
  readonly readyFile?: string;
  readonly clusters: readonly ClusterEntry[];
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
  const config = new ServeConfigReader(options, problems).read(file?.clusters ?? []);
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

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

class ServeConfigReader {
  readonly #options: RawOptions;
  readonly #problems: ConfigProblem[];

  constructor(options: RawOptions, problems: ConfigProblem[]) {
    this.#options = options;
    this.#problems = problems;
  }

  read(clusters: readonly ClusterEntry[]): ServeConfig {
    const source = this.#source();
    const host = this.#text('host') ?? '127.0.0.1';
    const auth = this.#auth(host);
    const tokenReviewContext = this.#onlyWithTokenReview('token-review-context', auth);
    const audience = this.#onlyWithTokenReview('audience', auth) ?? 'fleetgraph';
    const playground = this.#choice('playground', ['auto', 'on', 'off']) ?? 'auto';
    const log = this.#choice('log', ['json', 'text']);
    this.#refuse('argocd-namespace', "clusters of Argo CD's Secrets are not in this version; name them by --kubeconfig");
    return {
      source,
      host,
      port: this.#port(),
      auth,
      audience,
      readOnly: this.#flag('read-only'),
      playground: playground === 'on' || (playground === 'auto' && (auth === 'local' || source.kind === 'simulated')),
      clusters,
      ...present('tokenReviewContext', tokenReviewContext),
      ...present('hub', this.#text('hub')),
      ...present('dataDir', this.#text('data-dir')),
      ...present('writeKubeconfig', this.#writeKubeconfig(source)),
      ...present('log', log),
      ...present('readyFile', this.#text('ready-file')),
    };
  }

  #source(): ClusterSourceConfig {
    const simulate = this.#options.get('simulate');
    const kubeconfigs = this.#options.get('kubeconfig')?.values ?? [];
    const contexts = this.#options.get('context')?.values ?? [];
    const inCluster = this.#flag('in-cluster');
    const isReal = kubeconfigs.length > 0 || inCluster;
    const simulated = simulate !== undefined && simulate.values[0] !== 'false';
    if (simulated && isReal) {
      this.#problem(simulate.key, 'is one source of clusters and --kubeconfig or --in-cluster is another; leave one of them out');
    }
    if (contexts.length > 0 && kubeconfigs.length === 0) {
      this.#problem(
        this.#keyOf('context'),
        'names a context but no --kubeconfig is given; $KUBECONFIG and ~/.kube/config are never read unless named',
      );
    }
    if (simulate?.values[0] === 'false' && !isReal)
      this.#problem(simulate.key, 'is false and no other source of clusters is named; name one by --kubeconfig');
    if (isReal) return { kind: 'real', kubeconfigs, contexts, inCluster };
    const fleet = simulate?.values[0];
    return { kind: 'simulated', fleet: fleet === undefined || fleet === 'true' ? '' : fleet };
  }

  #auth(host: string): 'local' | 'token-review' {
    const auth = this.#choice('auth', ['local', 'token-review', 'oidc']) ?? 'local';
    if (auth === 'oidc') {
      this.#problem(this.#keyOf('auth'), 'oidc is not in this version; use local or token-review');
      return 'token-review';
    }
    if (auth === 'local' && !isLoopback(host)) {
      this.#problem(
        this.#keyOf('host'),
        `${host} is not a loopback address, and local mode serves only the person at this machine; use --auth token-review`,
      );
    }
    return auth;
  }

  #onlyWithTokenReview(name: string, auth: string): string | undefined {
    const value = this.#text(name);
    if (value !== undefined && auth !== 'token-review') this.#problem(this.#keyOf(name), 'has a meaning only with --auth token-review');
    return value;
  }

  #writeKubeconfig(source: ClusterSourceConfig): string | undefined {
    const path = this.#text('write-kubeconfig');
    if (path !== undefined && source.kind !== 'simulated')
      this.#problem(this.#keyOf('write-kubeconfig'), 'has a meaning only with a simulation');
    return path;
  }

  #port(): number {
    const text = this.#text('port') ?? '4000';
    const port = Number(text);
    if (/^\d+$/.test(text) && port <= 65_535) return port;
    const remedy = text.startsWith('tcp://')
      ? ' (set by Kubernetes for a Service called fleetgraph: set enableServiceLinks: false on the pod)'
      : '';
    this.#problem(this.#keyOf('port'), `'${text}' is not a port: a whole number from 0 to 65535${remedy}`);
    return 0;
  }

  #flag(name: string): boolean {
    const value = this.#text(name);
    if (value === undefined || value === 'false' || value === '0') return false;
    if (value !== 'true' && value !== '1') this.#problem(this.#keyOf(name), `'${value}' is not true or false`);
    return true;
  }

  #choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.#text(name);
    const choice = choices.find((candidate) => candidate === value);
    if (value !== undefined && choice === undefined) this.#problem(this.#keyOf(name), `'${value}' is not one of ${choices.join(', ')}`);
    return choice;
  }

  #refuse(name: string, message: string): void {
    if (this.#options.has(name)) this.#problem(this.#keyOf(name), message);
  }

  #text(name: string): string | undefined {
    return this.#options.get(name)?.values[0];
  }

  #keyOf(name: string): string {
    return this.#options.get(name)?.key ?? `--${name}`;
  }

  #problem(key: string, message: string): void {
    this.#problems.push({ key, message });
  }
}

function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
