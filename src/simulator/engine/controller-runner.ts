import { isApiError } from '../../kube/api-error.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ActionExecutor } from './action-executor.ts';
import type { Controller, Source } from './controller.ts';
import type { DelayQueue } from './delay-queue.ts';
import { WorkQueue } from './work-queue.ts';

export interface RunnerOptions {
  readonly executor: ActionExecutor;
  readonly delays: DelayQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Runs one controller: one key at a time, so that the same seed always gives the same story. */
export class ControllerRunner {
  readonly #controller: Controller;
  readonly #options: RunnerOptions;
  readonly #queue = new WorkQueue();
  readonly #failures = new Map<string, number>();
  #effort = 0;

  constructor(controller: Controller, options: RunnerOptions) {
    this.#controller = controller;
    this.#options = options;
    for (const source of controller.sources) this.attach(source);
  }

  /** One more kind whose changes wake keys. */
  attach({ collection, keysOf }: Source): void {
    collection.onChange((next, previous) => {
      for (const key of keysOf(next, previous)) this.#queue.add(key);
    });
  }

  /** Looks at `key` although nothing it watches changed. */
  wake(key: string): void {
    this.#queue.add(key);
  }

  /** Resolves when `signal` has fired and the pass in hand is done. */
  async run(): Promise<void> {
    const { signal, clock } = this.#options;
    while (!signal.aborted) {
      const key = this.#queue.take();
      if (key === undefined) await this.#queue.waiting(signal);
      else await this.#pass(key);
      // A burst of work must not keep the process from answering requests.
      if (this.#effort >= EFFORT_PER_TURN) {
        this.#effort = 0;
        await clock.yield();
      }
    }
  }

  /** Nothing to look at now. */
  get isIdle(): boolean {
    return this.#queue.size === 0;
  }

  async #pass(key: string): Promise<void> {
    try {
      const decision = this.#controller.reconcile(key);
      if (decision.lookAgainInMs !== undefined) this.#wakeIn(key, decision.lookAgainInMs);
      this.#effort += 1 + decision.actions.length * ACTION_EFFORT;
      if (decision.actions.length > 0) await this.#options.executor.execute(decision.actions, this.#controller.name);
      this.#failures.delete(key);
    } catch (error) {
      if (!this.#options.signal.aborted) this.#failed(key, error);
    }
  }

  #failed(key: string, error: unknown): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const isOrdinary = isApiError(error, 'conflict', 'forbidden', 'not-found', 'throttled');
    if (!isOrdinary && failures === 0)
      this.#options.logger.warn('a simulated controller failed', { controller: this.#controller.name, key, error: describe(error) });
    // One worker per controller: nothing to spread, so the fixed middle of the span.
    this.#wakeIn(key, backoffMs(RETRY, failures, 0.5));
  }

  #wakeIn(key: string, delayMs: number): void {
    this.#options.delays.add(`${this.#controller.name} ${key}`, delayMs, () => this.#queue.add(key));
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const RETRY = { firstMs: 20, factor: 2, capMs: 60_000 };
/** In looks that found nothing to do, about ten microseconds each; a write costs some ten times as much. */
const EFFORT_PER_TURN = 1_000;
const ACTION_EFFORT = 10;
