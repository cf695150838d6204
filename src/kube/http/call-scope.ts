import type { Clock } from '../../runtime/clock.ts';
import { type Effect, errorOfTransport } from './api-errors.ts';
import { deferred } from './deferred.ts';
import { TransportError } from './transport.ts';

/**
 * The life of one call: ends with the caller's signal, with a deadline, or when disposed; its own signal then
 * withdraws whatever is still open on the transport.
 */
export class CallScope implements Disposable {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #caller: AbortSignal | undefined;
  readonly #onAbort = () => this.#controller.abort();
  #overdue: string | undefined;

  constructor(clock: Clock, caller: AbortSignal | undefined) {
    this.#clock = clock;
    this.#caller = caller;
    if (caller?.aborted) this.#controller.abort();
    else caller?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isCancelled(): boolean {
    return this.#caller?.aborted ?? false;
  }

  /** Gives the call up after `ms`, unless disposed before; `overdue` says what did not come in time. */
  deadline(ms: number, overdue: string): Disposable {
    return this.#clock.after(ms, () => {
      this.#overdue ??= `${overdue} within ${ms} ms`;
      this.#controller.abort();
    });
  }

  /** What to throw for `error`: the caller's reason, an `ApiError`, or `error` itself when it is a defect of ours. */
  failure(error: unknown, effect: Effect): unknown {
    if (this.#caller?.aborted) return this.#caller.reason;
    if (!(error instanceof TransportError)) return error;
    if (this.#overdue === undefined) return errorOfTransport(error, effect);
    return errorOfTransport(new TransportError('TimedOut', this.#overdue, { sent: error.sent, cause: error }), effect);
  }

  /** For waits that know no signal: rejects when this scope ends. */
  async during<T>(start: () => Promise<T>): Promise<T> {
    const withdrawn = () => new TransportError('Aborted', 'the request was withdrawn before it was sent', { sent: false });
    if (this.signal.aborted) throw withdrawn();
    const { promise, reject } = deferred<never>();
    const end = () => reject(withdrawn());
    this.signal.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([start(), promise]);
    } finally {
      this.signal.removeEventListener('abort', end);
    }
  }

  [Symbol.dispose](): void {
    this.#caller?.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
  }
}
