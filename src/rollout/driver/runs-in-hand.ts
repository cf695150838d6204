import { HubError, isHubError } from '../../hub/hub-error.ts';
import type { RolloutRecord } from '../../hub/rollout-record.ts';
import { isApiError } from '../../kube/api-error.ts';
import { groupResourceOf, parseApiVersion } from '../../model/resource.ts';
import { type Backoff, backoffMs } from '../../runtime/backoff.ts';
import type { Commit } from '../../store/commit.ts';
import type { ClusterStore } from '../../store/graph-store.ts';
import type { RolloutCommand } from '../events.ts';
import { type Request, runOf } from '../new-run.ts';
import type { RolloutPlan } from '../plan.ts';
import type { Run } from '../run.ts';
import { type CommandAnswer, NotLeadingError } from '../run-driver.ts';
import type { RolloutState, RolloutTarget } from '../state.ts';
import { RecordedRun } from './recorded-run.ts';
import { type LoopDeps, RunLoop } from './run-loop.ts';
import { newRolloutOf, stateOf } from './run-record.ts';
import { nameKey, touchedBy } from './touched-workloads.ts';

export interface InHandOptions extends Omit<LoopDeps, 'onOver'> {
  /** The run is not in hand any more. */
  readonly onReleased: (id: string) => void;
}

const HUB_TIMEOUT_MS = 5_000;
const HUB_BACKOFF: Backoff = { firstMs: 200, factor: 2, capMs: 5_000 };
/** A record that somebody else keeps changing is tried so often in a row. */
const CLAIM_ATTEMPTS = 5;

/** The runs of one term of leading, from taking them over to dropping them. */
export class RunsInHand {
  readonly #options: InHandOptions;
  readonly #loops = new Map<string, RunLoop>();
  readonly #clusters = new Map<string, Set<RunLoop>>();
  readonly #loading = new Map<string, Promise<RunLoop | undefined>>();

  constructor(options: InHandOptions) {
    this.#options = options;
  }

  has(id: string): boolean {
    return this.#loops.has(id);
  }

  /**
   * Claims what is not finished, all of it before anything is decided; what cannot be claimed for the moment follows by
   * itself. Resolves when the claimed runs have begun, or the term is over.
   */
  async takeOver(): Promise<void> {
    const unfinished = (await this.#listed()).filter(({ finishedAt }) => finishedAt === undefined);
    const claimed = await Promise.all(
      unfinished.map(async ({ id }) => ({ id, loop: await this.#load(id).catch(() => 'failed' as const) })),
    );
    if (!this.#isValid) return;
    for (const loop of this.#loops.values()) loop.begin();
    for (const { id, loop } of claimed) if (loop === 'failed') void this.#claimLater(id);
  }

  async start(plan: RolloutPlan, request: Omit<Request, 'epoch'>): Promise<Run> {
    const { repository, term, book } = this.#options;
    const state = runOf(plan, { ...request, epoch: term.epoch });
    try {
      const record = await repository.create(newRolloutOf(state), term.epoch, this.#limits);
      this.#checkTerm();
      this.#take(record, state).begin();
      return book.put(state, record.version);
    } catch (error) {
      this.#checkTerm();
      if (!isHubError(error, 'exists')) throw error;
      return this.#existing(request.runId);
    }
  }

  /** Runs that have ended are loaded for it. */
  async command(id: string, command: RolloutCommand): Promise<CommandAnswer | undefined> {
    for (;;) {
      const loop = this.#loops.get(id) ?? (await this.#load(id));
      this.#checkTerm();
      if (loop === undefined) return undefined;
      if (!loop.isOver) return loop.command(command);
    }
  }

  /** A commit of the store: whoever it may concern looks. */
  heard({ cluster, changes, clusterChanged }: Commit, store: ClusterStore | undefined): void {
    const loops = this.#clusters.get(cluster);
    if (loops === undefined || loops.size === 0) return;
    const touched = store === undefined ? new Set<string>() : touchedBy(store, changes);
    for (const loop of loops) if (clusterChanged || isTouched(loop.target, touched)) loop.look();
  }

  /** Lets what was sent be answered and recorded, for so long at most. */
  async drain(limitMs: number): Promise<void> {
    const done = new AbortController();
    const drained = Promise.all([...this.#loops.values()].map((loop) => loop.drain()));
    await Promise.race([drained, this.#options.clock.sleep(limitMs, done.signal)]);
    done.abort();
  }

  /** Drops everything, at once. */
  stop(): void {
    const loops = [...this.#loops.values()];
    this.#loops.clear();
    this.#clusters.clear();
    for (const loop of loops) loop.stop();
    for (const loop of loops) this.#options.onReleased(loop.id);
  }

  async #existing(id: string): Promise<Run> {
    const { book } = this.#options;
    const loop = this.#loops.get(id) ?? (await this.#load(id));
    loop?.begin();
    const run = book.get(id);
    if (run === undefined) throw new Error(`rollout ${id} exists and cannot be found`);
    return run;
  }

  /** One at a time for each run. Undefined: there is no such run. */
  #load(id: string): Promise<RunLoop | undefined> {
    const present = this.#loading.get(id);
    if (present !== undefined) return present;
    const loading = this.#claim(id).finally(() => this.#loading.delete(id));
    this.#loading.set(id, loading);
    return loading;
  }

  /** Makes the run this term's: from then on nobody of an older one can write it. */
  async #claim(id: string): Promise<RunLoop | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#tryToClaim(id);
      } catch (error) {
        if (isHubError(error, 'absent')) return undefined;
        if (isHubError(error, 'superseded')) throw new NotLeadingError('');
        if (!isHubError(error, 'conflict') || attempt === CLAIM_ATTEMPTS) throw error;
      }
    }
  }

  async #tryToClaim(id: string): Promise<RunLoop> {
    const { repository, term } = this.#options;
    const present = await repository.get(id, this.#limits);
    const state = stateOf(present);
    if (state === undefined) throw new HubError('unreadable', `rollout ${id} was written by a version that knows more`);
    this.#checkTerm();
    const record = await repository.claim(present, term.epoch, this.#limits);
    this.#checkTerm();
    return this.#loops.get(id) ?? this.#take(record, state);
  }

  async #claimLater(id: string): Promise<void> {
    const { clock, random, term, logger } = this.#options;
    for (let attempt = 0; this.#isValid; attempt += 1) {
      logger.warn('a rollout could not be taken over yet', { rollout: id });
      await clock.sleep(backoffMs(HUB_BACKOFF, attempt, random.next()), term.signal);
      if (!this.#isValid) return;
      try {
        const loop = await this.#load(id);
        loop?.begin();
        return;
      } catch (error) {
        if (!isApiError(error) && !isHubError(error, 'conflict')) return;
      }
    }
  }

  async #listed(): Promise<readonly RolloutRecord[]> {
    const { repository, clock, random, term } = this.#options;
    for (let attempt = 0; this.#isValid; attempt += 1) {
      try {
        return await repository.list(term.signal);
      } catch (error) {
        if (!isApiError(error) && this.#isValid) throw error;
        await clock.sleep(backoffMs(HUB_BACKOFF, attempt, random.next()), term.signal);
      }
    }
    return [];
  }

  #take(record: RolloutRecord, state: RolloutState): RunLoop {
    const loop = new RunLoop(new RecordedRun(record, state, this.#options), { ...this.#options, onOver: (over) => this.#release(over) });
    this.#loops.set(loop.id, loop);
    const { cluster } = loop.target;
    const others = this.#clusters.get(cluster);
    if (others === undefined) this.#clusters.set(cluster, new Set([loop]));
    else others.add(loop);
    return loop;
  }

  #release(loop: RunLoop): void {
    this.#clusters.get(loop.target.cluster)?.delete(loop);
    if (this.#loops.get(loop.id) !== loop) return;
    this.#loops.delete(loop.id);
    this.#options.onReleased(loop.id);
  }

  get #isValid(): boolean {
    return this.#options.term.isValid;
  }

  get #limits() {
    return { timeoutMs: HUB_TIMEOUT_MS, signal: this.#options.term.signal };
  }

  #checkTerm(): void {
    if (!this.#isValid) throw new NotLeadingError('');
  }
}

function isTouched({ uid, apiVersion, resource, namespace, name }: RolloutTarget, touched: ReadonlySet<string>): boolean {
  const group = parseApiVersion(apiVersion);
  return touched.has(uid) || touched.has(nameKey({ resource: groupResourceOf({ ...group, resource }), namespace, name }));
}
