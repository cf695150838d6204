import type { ApiServer } from '../kube/api-server.ts';
import type { ClusterRecord } from '../model/cluster.ts';
import type { Resource } from '../model/resource.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import type { ClusterDefinition } from './cluster-definition.ts';
import { ClusterRegistry } from './cluster-registry.ts';
import { ClusterSession } from './cluster-session.ts';
import type { CopyFiles } from './copies/copy-files.ts';
import type { FleetStore } from './fleet-store.ts';
import { FLEET_TUNING, type FleetTuning } from './fleet-tuning.ts';
import { type Claimant, Identities } from './identities.ts';
import { MemoryBudget } from './memory-budget.ts';
import { projectorFor as everyProjector, type ProjectorFor } from './projector.ts';
import type { ReadingCounts } from './reading-counts.ts';
import { Turns } from './turns.ts';

export interface FleetOptions {
  readonly definitions: readonly ClusterDefinition[];
  /** Empty; nobody else writes to it. */
  readonly store: FleetStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly tuning?: Partial<FleetTuning>;
  /** Where copies of clusters outlive the process; default: nowhere. */
  readonly copies?: CopyFiles;
  /** Default: every kind that there are records of. */
  readonly projectorFor?: ProjectorFor;
}

/** The clusters of this process, each kept true in the store. Disposing stops all of it and closes the connections. */
export interface Fleet extends AsyncDisposable {
  /** Throws RangeError when the name is taken. */
  add(definition: ClusterDefinition): void;
  /** Resolves when its connection is closed; false when there is no such cluster. Readers miss it at once. */
  remove(name: string): Promise<boolean>;
  /** Resolves when each cluster registered by now is LIVE, or has failed once, or used `ms`. Never rejects. */
  whenReady(ms?: number): Promise<void>;
  /** The way to a cluster, with our own rights. */
  apiServer(name: string): ApiServer | undefined;
  /** Every kind a cluster serves, at every served version; empty before first contact. */
  served(name: string): readonly Resource[];
  /** Undefined when there is no such cluster. */
  readingCounts(name: string): ReadingCounts | undefined;
}

interface Member {
  readonly definition: ClusterDefinition;
  readonly session: ClusterSession;
  readonly claimant: Claimant;
}

/** Throws RangeError, with nothing started, when two definitions share a name. */
export function startFleet(options: FleetOptions): Fleet {
  const names = new Set<string>();
  for (const { name } of options.definitions) {
    if (names.has(name)) throw new RangeError(`two clusters are called ${name}: names are unique over all sources`);
    names.add(name);
  }
  const fleet = new RunningFleet(options);
  for (const definition of options.definitions) fleet.add(definition);
  return fleet;
}

class RunningFleet implements Fleet {
  readonly #options: FleetOptions;
  readonly #tuning: FleetTuning;
  readonly #registry: ClusterRegistry;
  readonly #members = new Map<string, Member>();
  readonly #identities: Identities;
  readonly #lists: Turns;
  readonly #contacts: Turns;
  readonly #copies: Turns;
  readonly #budget: MemoryBudget;
  #rank = 0;
  #isStopped = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#tuning = { ...FLEET_TUNING, ...options.tuning };
    this.#lists = new Turns(options.clock, this.#tuning.lists);
    this.#contacts = new Turns(options.clock, this.#tuning.contacts);
    this.#copies = new Turns(options.clock, this.#tuning.copies);
    this.#budget = new MemoryBudget(this.#tuning.memoryBytes);
    this.#identities = new Identities((name, of) => options.logger.warn('two registered clusters are one', { cluster: name, of }));
    this.#registry = new ClusterRegistry({ added: (definition) => this.#join(definition), removed: () => {} });
  }

  add(definition: ClusterDefinition): void {
    if (this.#isStopped) throw new RangeError('the fleet has stopped');
    this.#registry.add(definition);
  }

  async remove(name: string): Promise<boolean> {
    const member = this.#members.get(name);
    if (!this.#registry.remove(name) || member === undefined) return false;
    this.#members.delete(name);
    const stopped = member.session.stop();
    this.#options.store.removeCluster(name);
    this.#identities.release(member.claimant);
    await stopped;
    await this.#close(member);
    return true;
  }

  async whenReady(ms = 10_000): Promise<void> {
    const done = new AbortController();
    const settled = Promise.all([...this.#members.values()].map(({ session }) => session.settled));
    await Promise.race([settled, this.#options.clock.sleep(ms, done.signal)]);
    done.abort();
  }

  apiServer(name: string): ApiServer | undefined {
    return this.#registry.get(name)?.apiServer;
  }

  served(name: string): readonly Resource[] {
    return this.#members.get(name)?.session.served ?? [];
  }

  readingCounts(name: string): ReadingCounts | undefined {
    return this.#members.get(name)?.session.readingCounts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    const members = [...this.#members.values()];
    this.#members.clear();
    await Promise.all(members.map(({ session }) => session.stop()));
    await Promise.all(members.map((member) => this.#close(member)));
  }

  #join(definition: ClusterDefinition): void {
    const { store, clock, random, logger, projectorFor, copies } = this.#options;
    const { name } = definition;
    store.addCluster(unknownCluster(definition, clock.now()));
    const session = new ClusterSession({
      ...{ definition, store, clock, random, tuning: this.#tuning },
      logger: logger.child({ cluster: name }),
      contactGate: this.#contacts.forCluster(name),
      listGate: this.#lists.forCluster(name),
      projectorFor: projectorFor ?? everyProjector,
      budget: this.#budget,
      ...(copies !== undefined && { copies: { files: copies, gate: this.#copies.forCluster(name) } }),
      onIdentity: (systemUid) => this.#identities.claim(systemUid, claimant),
    });
    this.#rank += 1;
    const claimant: Claimant = { name, rank: this.#rank, setDuplicateOf: (of) => session.setDuplicateOf(of) };
    this.#members.set(name, { definition, session, claimant });
    session.start(this.#startDelayMs());
  }

  /** Small for a small fleet; a large one spreads. */
  #startDelayMs(): number {
    const { definitions, random } = this.#options;
    return random.next() * Math.min(this.#tuning.maxSpreadMs, definitions.length * this.#tuning.spreadPerClusterMs);
  }

  async #close({ definition, session }: Member): Promise<void> {
    const { clock, logger } = this.#options;
    const done = new AbortController();
    const closed = definition.apiServer.close().catch((error: unknown) => {
      logger.warn('a connection did not close well', { cluster: session.name, error: String(error).slice(0, 200) });
    });
    await Promise.race([closed, clock.sleep(this.#tuning.closeTimeoutMs, done.signal)]);
    done.abort();
  }
}

function unknownCluster({ name, source, labels }: ClusterDefinition, now: number): ClusterRecord {
  return { name, source, labels, sync: { state: 'CONNECTING', since: now, resources: [] } };
}
