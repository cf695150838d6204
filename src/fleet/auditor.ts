import { failureOf } from '../informer/failure.ts';
import type { ListGate } from '../informer/list-gate.ts';
import type { ApiServer } from '../kube/api-server.ts';
import { type GroupResource, groupResourceOf, type Resource } from '../model/resource.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { auditKind } from './audit.ts';

export interface AuditorOptions {
  readonly apiServer: ApiServer;
  readonly held: () => ClusterStore | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly gate: ListGate;
  /** Between two comparisons of one kind, give or take a quarter. */
  readonly everyMs: number;
  /** Kinds whose copies count as true now. */
  readonly live: () => readonly Resource[];
  /** The copy is not what the server has, though it should be. */
  readonly onDifference: (resource: GroupResource) => void;
}

const PAGE_SIZE = 1_000;
const PATIENCE_MS = 90_000;

/**
 * Looks for defects that nobody knows of: compares each kind of a cluster with the server now and then, one at a
 * time. Events are not compared: the ring forgets by itself.
 */
export class Auditor {
  readonly #options: AuditorOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #next = 0;
  #audits = 0;
  #differences = 0;

  constructor(options: AuditorOptions) {
    this.#options = options;
  }

  /** Comparisons that came to a result. */
  get audits(): number {
    return this.#audits;
  }

  get differences(): number {
    return this.#differences;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  stop(): Promise<void> {
    this.#stop.abort();
    return this.#running ?? Promise.resolve();
  }

  async #run(): Promise<void> {
    const { clock, random, everyMs, live } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await clock.sleep(Math.ceil((everyMs / Math.max(1, live().length)) * (0.75 + random.next() / 2)), signal);
      const kinds = live().filter((resource) => groupResourceOf(resource) !== 'events');
      const resource = kinds[this.#next % Math.max(1, kinds.length)];
      this.#next += 1;
      if (resource !== undefined && !signal.aborted) await this.#audit(resource, signal);
    }
  }

  async #audit(resource: Resource, signal: AbortSignal): Promise<void> {
    const { apiServer, held, clock, logger, gate, onDifference } = this.#options;
    try {
      using _turn = await gate.enter(signal);
      const result = await auditKind({ ...{ apiServer, resource, held, clock, signal }, pageSize: PAGE_SIZE, patienceMs: PATIENCE_MS });
      if (result === 'not-compared' || signal.aborted) return;
      this.#audits += 1;
      if (result === 'equal') return;
      this.#differences += 1;
      logger.error('the copy differs from the server: it is read anew', { resource: groupResourceOf(resource) });
      onDifference(groupResourceOf(resource));
    } catch (error) {
      // The reflector of the kind meets the same trouble and shows it.
      logger.debug('a comparison failed', { resource: groupResourceOf(resource), reason: failureOf(error).reason });
    }
  }
}
