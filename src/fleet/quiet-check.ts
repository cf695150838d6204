import { failureOf } from '../informer/failure.ts';
import { interruptible } from '../informer/interruptible.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { NAMESPACES } from './cluster-facts.ts';

export interface QuietCheckOptions {
  readonly apiServer: ApiServer;
  readonly clock: Clock;
  readonly random: Random;
  readonly quietMs: number;
  readonly timeoutMs: number;
  /** When anything last came from the cluster; undefined while there is nothing to worry about. */
  readonly lastSignAt: () => number | undefined;
  readonly onSilence: () => void;
}

/**
 * Asks a cluster that has been quiet for long whether it is still there. A busy cluster is
 * never asked; a connection that hangs without failing is noticed even if its transport does not notice.
 */
export class QuietCheck {
  readonly #options: QuietCheckOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #answeredAt = 0;

  constructor(options: QuietCheckOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  stop(): Promise<void> {
    this.#stop.abort();
    return this.#running ?? Promise.resolve();
  }

  async #run(): Promise<void> {
    const { clock, random, quietMs } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await clock.sleep(Math.ceil((quietMs / 5) * (0.75 + random.next() / 2)), signal);
      if (!signal.aborted && this.#isQuiet()) await this.#ask(signal);
    }
  }

  #isQuiet(): boolean {
    const lastSignAt = this.#options.lastSignAt();
    return lastSignAt !== undefined && this.#options.clock.now() - Math.max(lastSignAt, this.#answeredAt) >= this.#options.quietMs;
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { apiServer, clock, timeoutMs, onSilence } = this.#options;
    try {
      await interruptible(apiServer.list(NAMESPACES, { limit: 1, signal, timeoutMs }), signal);
      this.#answeredAt = clock.now();
    } catch (error) {
      // Any answer, a refusal too, shows that somebody is there.
      if (failureOf(error).kind === 'connection') onSilence();
      else this.#answeredAt = clock.now();
    }
  }
}
