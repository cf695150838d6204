import { isApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import { LeaderTerm } from './leader-term.ts';
import { acquiredLease, LEASE_TIMING, type LeaseTiming, leaseRecord, releasedLease, renewedLease } from './lease-record.ts';
import { HUB_NAMESPACE, LEASES } from './resources.ts';

export interface ElectionOptions {
  readonly apiServer: ApiServer;
  /** Of the Lease: candidates for the same work share it. */
  readonly name: string;
  /** Who we are: no two processes alike, nor the same one after a restart. */
  readonly holder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly timing?: LeaseTiming;
  /** The highest epoch that was ever used: a Lease that was deleted does not know. Asked before every acquisition. */
  readonly epochFloor?: (signal: AbortSignal) => Promise<number>;
  /** No other process can be alive (the embedded hub): what another one held is taken over at once. */
  readonly isExclusive?: boolean;
}

export interface LeaderState {
  readonly leader: boolean;
  /** Of our term while we lead; otherwise of the last leader that was seen. */
  readonly epoch: number;
  /** Who leads, as last seen; '' when nobody does. */
  readonly holder: string;
  /** While we lead. */
  readonly term?: LeaderTerm;
}

/** The Lease as last seen, and since when (monotonic) it has not changed. */
interface Observation {
  readonly lease: KubeObject;
  readonly unchangedSince: number;
}

/** client-go's JitterFactor: a wait is prolonged by up to so much of itself. */
const JITTER = 1.2;
/** A term ends so much before its renewal deadline: what is under way has time to hear of it. */
const MARGIN_MS = 500;
const NOBODY: LeaderState = { leader: false, epoch: 0, holder: '' };

/**
 * One of many is the leader, by a Lease. Source: client-go, tools/leaderelection. Nobody's wall clock is believed:
 * a Lease counts as expired when it has not changed for its duration as measured here. Terms never overlap as long as
 * monotonic clocks run at nearly the same rate and do not stand still; a Lease elects and does not protect, so writes
 * carry the epoch and are refused by their server when it is old.
 */
export class LeaseElection {
  readonly #options: ElectionOptions;
  readonly #timing: LeaseTiming;
  readonly #listeners = new Set<(state: LeaderState) => void>();
  readonly #stop = new AbortController();
  #observation: Observation | undefined;
  #term: LeaderTerm | undefined;
  #told: LeaderState = NOBODY;
  #running: Promise<void> | undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#timing = options.timing ?? LEASE_TIMING;
  }

  get state(): LeaderState {
    const term = this.#term?.isValid ? this.#term : undefined;
    if (term !== undefined) return { leader: true, epoch: term.epoch, holder: this.#options.holder, term };
    const { holder, transitions } = this.#observation === undefined ? { holder: '', transitions: 0 } : leaseRecord(this.#observation.lease);
    return { leader: false, epoch: transitions, holder };
  }

  /** Hears of every change. Must not throw. */
  onChange(listener: (state: LeaderState) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Begins to stand for election. Throws when it was started before. */
  start(): void {
    if (this.#running !== undefined) throw new Error('an election starts once');
    this.#running = this.#run();
  }

  /** Ends the term, then gives back a Lease that is ours, so that another need not wait. Never rejects. */
  async stop(): Promise<void> {
    this.#endTerm();
    this.#stop.abort();
    await this.#running;
    if (this.#running !== undefined) await this.#release();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#try();
      if (this.#term?.isValid !== true) this.#endTerm();
      this.#tell();
      await this.#options.clock.sleep(this.#waitMs(), signal);
    }
  }

  /** Leaders renew at a steady pace; the others do not all come at the same moment. */
  #waitMs(): number {
    const { retryMs } = this.#timing;
    return this.#term === undefined ? Math.ceil(retryMs * (1 + JITTER * this.#options.random.next())) : retryMs;
  }

  async #try(): Promise<void> {
    try {
      await (this.#term?.isValid ? this.#renew(this.#term) : this.#stand());
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#noteFailure(error);
    }
  }

  /** Whatever it was: the next try comes, and a term that is not renewed ends by itself. */
  #noteFailure(error: unknown): void {
    const { logger, name } = this.#options;
    const reason = isApiError(error) ? `${error.code} ${error.reason ?? ''}`.trim() : String(error);
    logger.warn('the lease cannot be read or written', { lease: name, reason });
  }

  async #renew(term: LeaderTerm): Promise<void> {
    const { clock } = this.#options;
    const askedAt = clock.monotonic();
    const present = this.#observation?.lease;
    if (present !== undefined && (await this.#write(renewedLease(present, clock.now())))) {
      term.extend(askedAt + this.#timing.renewDeadlineMs);
      return;
    }
    await this.#look();
    const { holder, transitions } = this.#seen();
    // Somebody else's, or ours from another term: this one is over. Otherwise only our copy was old: renew at once.
    if (holder !== this.#options.holder || transitions !== term.epoch) this.#endTerm();
    else if (await this.#write(renewedLease(this.#lease(), clock.now()))) term.extend(askedAt + this.#timing.renewDeadlineMs);
  }

  /** Takes the Lease when nobody has it. */
  async #stand(): Promise<void> {
    this.#endTerm();
    await this.#look();
    if (!this.#isFree()) return;
    const { clock, name, holder, epochFloor } = this.#options;
    const floor = (await epochFloor?.(this.#stop.signal)) ?? 0;
    const askedAt = clock.monotonic();
    const epoch = Math.max(this.#seen().transitions, floor) + 1;
    const { leaseMs, renewDeadlineMs } = this.#timing;
    const claim = acquiredLease({ name, holder, epoch, leaseMs, nowMs: clock.now() }, this.#observation?.lease);
    if (await this.#write(claim)) this.#begin(epoch, askedAt + renewDeadlineMs);
  }

  /** An answer that came too late begins no term: the next try takes the Lease anew, with a higher epoch. */
  #begin(epoch: number, validUntil: number): void {
    if (this.#stop.signal.aborted) return;
    const term = new LeaderTerm(epoch, this.#options.clock, { validUntil, marginMs: MARGIN_MS });
    if (!term.isValid) return;
    this.#term = term;
    term.signal.addEventListener('abort', () => this.#tell(), { once: true });
    this.#options.logger.info('leading', { lease: this.#options.name, epoch });
  }

  #isFree(): boolean {
    if (this.#observation === undefined) return true;
    const { clock, holder, isExclusive = false } = this.#options;
    const { holder: present, leaseMs } = this.#seen();
    const isExpired = clock.monotonic() - this.#observation.unchangedSince >= leaseMs;
    return present === '' || present === holder || isExclusive || isExpired;
  }

  async #look(): Promise<void> {
    const { apiServer, name } = this.#options;
    try {
      this.#observe(await apiServer.get(LEASES, { name, namespace: HUB_NAMESPACE }, this.#limits()));
    } catch (error) {
      if (!isApiError(error, 'not-found')) throw error;
      this.#observation = undefined;
    }
  }

  #observe(lease: KubeObject): void {
    const { uid, resourceVersion } = this.#observation?.lease.metadata ?? {};
    const isSame = uid === lease.metadata.uid && resourceVersion === lease.metadata.resourceVersion;
    if (this.#observation !== undefined && isSame) return;
    this.#observation = { lease, unchangedSince: this.#options.clock.monotonic() };
  }

  /** False when somebody else was faster. */
  async #write(lease: KubeObject): Promise<boolean> {
    const { apiServer } = this.#options;
    const isNew = lease.metadata.resourceVersion === undefined;
    try {
      this.#observe(await (isNew ? apiServer.create(LEASES, lease, this.#limits()) : apiServer.update(LEASES, lease, this.#limits())));
      return true;
    } catch (error) {
      if (isApiError(error, 'conflict', 'not-found')) return false;
      throw error;
    }
  }

  /** A request that hangs must leave time for another. */
  #limits() {
    return { timeoutMs: this.#timing.renewDeadlineMs / 2, signal: this.#stop.signal };
  }

  async #release(): Promise<void> {
    const { apiServer, clock, logger, name } = this.#options;
    const timeoutMs = this.#timing.retryMs;
    try {
      const lease = await apiServer.get(LEASES, { name, namespace: HUB_NAMESPACE }, { timeoutMs });
      if (leaseRecord(lease).holder !== this.#options.holder) return;
      await apiServer.update(LEASES, releasedLease(lease, clock.now()), { timeoutMs });
    } catch (error) {
      logger.warn('the lease could not be given back; others wait until it expires', { lease: name, reason: String(error) });
    }
  }

  #endTerm(): void {
    const term = this.#term;
    this.#term = undefined;
    term?.end();
  }

  #lease(): KubeObject {
    if (this.#observation === undefined) throw new Error('no lease was seen');
    return this.#observation.lease;
  }

  #seen() {
    return this.#observation === undefined ? { holder: '', transitions: 0, leaseMs: 0 } : leaseRecord(this.#observation.lease);
  }

  #tell(): void {
    const state = this.state;
    const { leader, epoch, holder } = this.#told;
    if (leader === state.leader && epoch === state.epoch && holder === state.holder) return;
    this.#told = state;
    for (const listener of this.#listeners) listener(state);
  }
}
