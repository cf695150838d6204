import { type ExecutionResult, execute, parse, subscribe, validate } from 'graphql';
import { type Access, EVERYTHING, type Visibility } from '../../src/auth/access.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { type Capability, type Commands, WORKLOAD_VERBS } from '../../src/commands/commands.ts';
import { OperationBook } from '../../src/commands/operation-book.ts';
import { ChangeLog } from '../../src/feed/change-log.ts';
import { ResumeTokens } from '../../src/feed/resume-token.ts';
import { createGraphContext, type GraphContext } from '../../src/graph/context.ts';
import { buildSchema } from '../../src/graph/schema.ts';
import { hmacSeal } from '../../src/graph/seal.ts';
import type { ClusterRecord } from '../../src/model/cluster.ts';
import type { ObjectRecord } from '../../src/model/object-record.ts';
import { ROLLOUT_VERBS } from '../../src/rollout/events.ts';
import { RunBook } from '../../src/rollout/run-book.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import { VirtualClock } from '../../src/runtime/virtual-clock.ts';
import { InMemoryGraphStore } from '../../src/store/in-memory-graph-store.ts';
import { aClusterRecord } from './a-cluster.ts';

type Data = Record<string, unknown>;

/** The schema over a store in memory, in virtual time, asked by whoever is named. */
export class GraphWorld {
  readonly clock = new VirtualClock();
  readonly store = new InMemoryGraphStore({ now: () => this.clock.now() });
  readonly log = new ChangeLog({ clock: this.clock });
  readonly operations = new OperationBook();
  readonly seal = hmacSeal('one key for all worlds');
  readonly tokens = new ResumeTokens({ processId: 'one', key: Buffer.alloc(32, 1) });
  readonly runs = new RunBook(new ChangeLog({ clock: this.clock }));
  commands: Commands = onlyCommands(NO_CAPABILITIES);
  readonly #closing = new AbortController();

  constructor() {
    this.store.onCommit((commit) => this.log.append(commit));
  }

  cluster(name: string, record: Partial<ClusterRecord> = {}): this {
    const known = { systemUid: `uid-${name}`, kubernetesVersion: 'v1.33.1' };
    this.store.addCluster({ ...aClusterRecord(name, record.sync), ...known, ...record });
    return this;
  }

  put(...builders: readonly { record(): ObjectRecord }[]): this {
    for (const builder of builders) {
      const record = builder.record();
      // Kinds that are followed have a position: what happens from there is news.
      const position = { resource: record.resource, resourceVersion: record.resourceVersion, epoch: 0 };
      this.store.commit(record.cluster, { operations: [{ type: 'put', record }], positions: [position] });
    }
    return this;
  }

  remove({ cluster, resource, uid }: ObjectRecord): void {
    this.store.commit(cluster, { operations: [{ type: 'remove', resource, uid, resourceVersion: '999999' }] });
  }

  context(access: Access = ALL, principal: Principal = ADMIN): GraphContext {
    const { store, clock, log, tokens, operations, runs, commands, seal } = this;
    const services = { store, clock, log, tokens, operations, runs, commands, seal, random: seededRandom(7) };
    const signal = new AbortController().signal;
    return createGraphContext(services, {
      principal,
      access,
      signal,
      closing: this.#closing.signal,
      requestId: 'request-1',
      logger: silentLogger,
    });
  }

  async ask(document: string, options: AskOptions = {}): Promise<ExecutionResult<Data>> {
    return (await execute(this.#args(document, options))) as ExecutionResult<Data>;
  }

  /** The data of an answer without errors. */
  async data<T = Data>(document: string, options: AskOptions = {}): Promise<T> {
    const { data, errors } = await this.ask(document, options);
    if (errors !== undefined) throw new Error(errors.map(({ message, path }) => `${path?.join('.')}: ${message}`).join('\n'));
    return JSON.parse(JSON.stringify(data)) as T;
  }

  async stream(document: string, options: AskOptions = {}): Promise<AsyncIterableIterator<ExecutionResult<Data>>> {
    const result = await subscribe(this.#args(document, options));
    if (Symbol.asyncIterator in result) return result as AsyncIterableIterator<ExecutionResult<Data>>;
    throw new Error(result.errors?.map(({ message }) => message).join('\n'));
  }

  close(): void {
    this.#closing.abort();
  }

  #args(source: string, { variables, access, principal, operationName }: AskOptions) {
    const schema = buildSchema();
    const document = parse(source);
    const invalid = validate(schema, document);
    if (invalid.length > 0) throw new Error(invalid.map(({ message }) => message).join('\n'));
    return {
      schema,
      document,
      contextValue: this.context(access, principal),
      variableValues: variables ?? {},
      ...(operationName === undefined ? {} : { operationName }),
    };
  }
}

export interface AskOptions {
  readonly variables?: Data;
  readonly access?: Access;
  readonly principal?: Principal;
  readonly operationName?: string;
}

const NO: Capability = { allowed: false, reason: 'this world does not carry that out' };
const noneOf = <V extends string>(verbs: readonly V[]) => Object.fromEntries(verbs.map((verb) => [verb, NO])) as Record<V, Capability>;

/** What may be asked of a door that carries out nothing. */
export const NO_CAPABILITIES: Partial<Commands> = {
  workloadCapabilities: () => noneOf(WORKLOAD_VERBS),
  rolloutCapabilities: () => noneOf(ROLLOUT_VERBS),
};

/** A door that carries out these commands and refuses to know any other. */
export function onlyCommands(known: Partial<Commands>): Commands {
  const unknown = () => Promise.reject(new Error('this world does not carry that out'));
  return new Proxy(known as Commands, { get: (target, name) => Reflect.get(target, name) ?? unknown });
}

export const ADMIN: Principal = { mode: 'TOKEN_REVIEW', user: { username: 'admin', groups: ['system:masters'] } };
export const TEAM: Principal = { mode: 'TOKEN_REVIEW', user: { username: 'team-shop', groups: ['team'] } };

const ALL: Access = { visibility: () => EVERYTHING, seesCluster: () => true, epoch: 0 };

const CLUSTER_SCOPED = new Set(['nodes', 'namespaces']);

/** Everything in these namespaces and nothing else. `later`: each answer takes a turn of the event loop. */
export function onlyNamespaces(
  names: readonly string[],
  options: { readonly later?: boolean; readonly clusters?: readonly string[] } = {},
): Access {
  const inTime = <T>(value: T): T | Promise<T> => (options.later === true ? Promise.resolve(value) : value);
  const isOpen = (cluster: string) => options.clusters?.includes(cluster) ?? true;
  return {
    visibility(cluster, resource, _verb, candidates): Visibility | Promise<Visibility> {
      const allowed =
        CLUSTER_SCOPED.has(resource) || !isOpen(cluster) ? [] : [...candidates()].filter((namespace) => names.includes(namespace));
      return inTime({ everything: false, namespaces: new Set(allowed) });
    },
    seesCluster: (cluster) => inTime(isOpen(cluster)),
    epoch: 0,
  };
}
