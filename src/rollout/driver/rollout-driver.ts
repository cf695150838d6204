import type { Hub } from '../../hub/hub.ts';
import type { LeaderTerm } from '../../hub/leader-term.ts';
import { type LeaderState, LeaseElection } from '../../hub/lease-election.ts';
import type { LeaseTiming } from '../../hub/lease-record.ts';
import { RolloutRepository } from '../../hub/rollout-repository.ts';
import type { ApiServer } from '../../kube/api-server.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Random } from '../../runtime/random.ts';
import type { Commit } from '../../store/commit.ts';
import type { GraphStore } from '../../store/graph-store.ts';
import type { RolloutCommand, RolloutObservation } from '../events.ts';
import type { Request } from '../new-run.ts';
import { observeTarget } from '../observe.ts';
import type { RolloutPlan } from '../plan.ts';
import type { Run } from '../run.ts';
import type { RunBook } from '../run-book.ts';
import { type CommandAnswer, NotLeadingError, type RunDriver } from '../run-driver.ts';
import type { RolloutSpec } from '../state.ts';
import { EventRecorder } from './event-recorder.ts';
import { FollowedRuns } from './followed-runs.ts';
import { Retention } from './retention.ts';
import { RunsInHand } from './runs-in-hand.ts';
import { TargetCalls } from './target-calls.ts';

export interface RolloutDriverOptions {
  readonly hub: Pick<Hub, 'apiServer' | 'isExclusive'>;
  readonly book: RunBook;
  readonly store: GraphStore & { onCommit(listener: (commit: Commit) => void): Disposable };
  /** The way to a registered cluster, with our own rights. */
  readonly apiServer: (cluster: string) => ApiServer | undefined;
  /** Callers are authenticated: what a run writes goes as the person in whose name it acts. */
  readonly impersonates: boolean;
  /** Only looks: follows what others do, and never stands for election. */
  readonly isReadOnly: boolean;
  /** Who we are in the Lease: no two processes alike, nor the same one after a restart. */
  readonly holder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly timing?: LeaseTiming;
}

const ROLLOUT_LEASE = 'fleetgraph-rollouts';

const FOLLOW_AGAIN_MS = 30_000;
/** How long what is under way may take when we are asked to end. */
const DRAIN_MS = 3_000;
/** How long giving the Lease back may take; without it others wait until it expires. */
const RELEASE_MS = 2_000;

/** Carries runs out while this gateway leads, and shows what the leader does while it does not. */
export class RolloutDriver implements RunDriver, AsyncDisposable {
  /** The runs of the hub are in the book, and who leads was looked at; a gateway that only looks is content with a try. */
  readonly loaded: Promise<void>;
  readonly #options: RolloutDriverOptions;
  readonly #repository: RolloutRepository;
  readonly #election: LeaseElection | undefined;
  readonly #followed: FollowedRuns;
  readonly #calls: TargetCalls;
  readonly #events: EventRecorder;
  readonly #ending = new AbortController();
  readonly #following: Promise<void>;
  readonly #commits: Disposable;
  #hand: RunsInHand | undefined;
  #takenOver: Promise<void> = Promise.resolve();
  #isStopping = false;

  /** Begins at once: follows the hub, and stands for election unless it only looks. */
  constructor(options: RolloutDriverOptions) {
    const { hub, store, clock, random, logger } = options;
    this.#options = options;
    this.#calls = new TargetCalls(options);
    this.#events = new EventRecorder(options);
    this.#repository = new RolloutRepository({ apiServer: hub.apiServer, clock, random, logger });
    const heard = Promise.withResolvers<void>();
    this.#followed = new FollowedRuns({
      book: options.book,
      isInHand: (id) => this.#hand?.has(id) ?? false,
      logger,
      onHeard: (isLoaded) => {
        if (isLoaded || options.isReadOnly) heard.resolve();
      },
    });
    this.#commits = store.onCommit((commit) => this.#hand?.heard(commit, store.cluster(commit.cluster)));
    this.#following = this.#follow();
    this.#election = options.isReadOnly ? undefined : this.#elect();
    this.loaded = Promise.all([heard.promise, this.#election && this.#firstElection(this.#election)]).then(() => {});
    this.#election?.start();
  }

  get leads(): boolean {
    return !this.#isStopping && this.#election?.state.leader === true;
  }

  get leader(): string {
    return this.#election?.state.holder ?? '';
  }

  async start(plan: RolloutPlan, request: Omit<Request, 'epoch'>): Promise<Run> {
    return this.#asLeader((hand) => hand.start(plan, request));
  }

  async command(runId: string, command: RolloutCommand): Promise<CommandAnswer | undefined> {
    return this.#asLeader((hand) => hand.command(runId, command));
  }

  /** Takes nothing more; what was sent is answered and recorded if that comes soon; the Lease is given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#commits[Symbol.dispose]();
    await this.#hand?.drain(DRAIN_MS);
    await this.#within(RELEASE_MS, this.#election?.stop());
    this.#release();
    this.#ending.abort();
    await this.#within(RELEASE_MS, this.#following);
  }

  async #within(ms: number, promise: Promise<void> | undefined): Promise<void> {
    const done = new AbortController();
    await Promise.race([promise, this.#options.clock.sleep(ms, done.signal)]);
    done.abort();
  }

  async #asLeader<T>(act: (hand: RunsInHand) => Promise<T>): Promise<T> {
    await this.#takenOver;
    const hand = this.#hand;
    if (!this.leads || hand === undefined) throw this.#notLeading();
    try {
      return await act(hand);
    } catch (error) {
      throw error instanceof NotLeadingError || !this.leads ? this.#notLeading() : error;
    }
  }

  #notLeading(): NotLeadingError {
    return new NotLeadingError(this.leader === this.#options.holder ? '' : this.leader);
  }

  /** A fault of ours must not leave the book as it was for ever. */
  async #follow(): Promise<void> {
    const { signal } = this.#ending;
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#repository.follow(this.#followed, signal);
      } catch (error) {
        logger.error('the runs of the hub could not be followed', { error: String(error) });
        await clock.sleep(FOLLOW_AGAIN_MS, signal);
      }
    }
  }

  #elect(): LeaseElection {
    const { hub, holder, clock, random, logger, timing } = this.#options;
    const election = new LeaseElection({
      apiServer: hub.apiServer,
      name: ROLLOUT_LEASE,
      holder,
      clock,
      random,
      logger,
      isExclusive: hub.isExclusive,
      epochFloor: (signal) => this.#repository.highestEpoch(signal),
      ...(timing !== undefined && { timing }),
    });
    election.onChange((state) => this.#changed(state));
    return election;
  }

  /** Somebody leads; and where it is us, the runs are taken over. */
  #firstElection(election: LeaseElection): Promise<void> {
    return new Promise((resolve) => {
      election.onChange(({ holder }) => {
        if (holder !== '') resolve(this.#takenOver);
      });
    });
  }

  #changed({ term }: LeaderState): void {
    if (term === undefined) this.#release();
    else if (!this.#isStopping) this.#lead(term);
  }

  #lead(term: LeaderTerm): void {
    this.#release();
    const { book, clock, random, logger } = this.#options;
    const hand = new RunsInHand({
      ...{ term, book, clock, random, logger },
      repository: this.#repository,
      calls: this.#calls,
      events: this.#events,
      observe: (spec) => this.#observe(spec),
      onReleased: (id) => this.#followed.released(id),
    });
    this.#hand = hand;
    term.signal.addEventListener('abort', () => hand.stop(), { once: true });
    this.#takenOver = hand.takeOver().catch((error: unknown) => logger.error('the runs could not be taken over', { error: String(error) }));
    new Retention({ repository: this.#repository, clock, logger }).start(term);
  }

  #release(): void {
    const hand = this.#hand;
    this.#hand = undefined;
    hand?.stop();
  }

  /** By the clock that the copy's own times were taken from. */
  #observe(spec: RolloutSpec): RolloutObservation | undefined {
    const cluster = this.#options.store.cluster(spec.target.cluster);
    return cluster === undefined ? undefined : observeTarget(cluster, spec, this.#options.clock.now());
  }
}
