import { type Failure, failureOf } from '../informer/failure.ts';
import { INTERRUPTED } from '../informer/interruptible.ts';
import type { ListGate } from '../informer/list-gate.ts';
import { REFLECTOR_TUNING } from '../informer/reflector-tuning.ts';
import type { ApiServer } from '../kube/api-server.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { type ClusterFacts, readFacts } from './cluster-facts.ts';
import type { FleetTuning } from './fleet-tuning.ts';

export interface ContactLoopOptions {
  readonly apiServer: ApiServer;
  readonly clock: Clock;
  readonly random: Random;
  readonly tuning: FleetTuning;
  readonly gate: ListGate;
  readonly onFacts: (facts: ClusterFacts) => void;
  readonly onFailure: (failure: Failure) => void;
}

/** Reads what a cluster says about itself: until it answers, then every few minutes, and whenever there is a reason to. */
export class ContactLoop {
  readonly #options: ContactLoopOptions;
  readonly #stop = new AbortController();
  #nap = new AbortController();
  #running: Promise<void> | undefined;
  #failures = 0;
  #wakes = 0;

  constructor(options: ContactLoopOptions) {
    this.#options = options;
  }

  start(delayMs: number): void {
    this.#running ??= this.#run(delayMs);
  }

  stop(): Promise<void> {
    this.#stop.abort();
    this.#nap.abort();
    return this.#running ?? Promise.resolve();
  }

  /** Something changed: read again, though not in a tight loop. */
  wake(): void {
    this.#nap.abort();
  }

  async #run(delayMs: number): Promise<void> {
    const { signal } = this.#stop;
    if (delayMs > 0) await this.#options.clock.sleep(Math.ceil(delayMs), signal);
    while (!signal.aborted) {
      this.#nap = new AbortController();
      const failure = await this.#read(signal);
      if (!signal.aborted) await this.#rest(failure, signal);
    }
  }

  async #read(signal: AbortSignal): Promise<Failure | undefined> {
    const { apiServer, gate, tuning, onFacts, onFailure } = this.#options;
    try {
      using _turn = await gate.enter(signal);
      const facts = signal.aborted ? INTERRUPTED : await readFacts(apiServer, tuning.contactTimeoutMs, signal);
      if (facts === INTERRUPTED) return undefined;
      this.#failures = 0;
      onFacts(facts);
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      this.#failures += 1;
      onFailure(failure);
      return failure;
    }
  }

  /** Until the next reading is due, or somebody wakes us and the last one is long enough ago. */
  async #rest(failure: Failure | undefined, signal: AbortSignal): Promise<void> {
    const { clock, random, tuning } = this.#options;
    const readAt = clock.monotonic();
    const restMs = failure === undefined ? tuning.rediscoverMs * (0.75 + random.next() / 2) : this.#retryMs(failure);
    await clock.sleep(Math.ceil(restMs), this.#nap.signal);
    const restedMs = clock.monotonic() - readAt;
    this.#wakes = restedMs >= tuning.rediscoverMs / 2 ? 0 : this.#wakes + 1;
    const leastMs = this.#wakes === 0 ? 0 : backoffMs(tuning.rediscoverBackoff, this.#wakes - 1, random.next());
    if (failure === undefined && restedMs < leastMs) await clock.sleep(Math.ceil(leastMs - restedMs), signal);
  }

  #retryMs(failure: Failure): number {
    const { random, tuning } = this.#options;
    const reflector = { ...REFLECTOR_TUNING, ...tuning.reflector };
    const { unauthorizedBackoff, forbiddenBackoff } = reflector;
    const backoff =
      failure.kind === 'credentials' ? unauthorizedBackoff : failure.kind === 'rights' ? forbiddenBackoff : tuning.contactBackoff;
    return Math.max(failure.retryAfterMs ?? 0, backoffMs(backoff, this.#failures - 1, random.next()));
  }
}
