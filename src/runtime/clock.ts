import { YieldQueue } from './yield-queue.ts';

/**
 * Time, handed in. Production uses `systemClock`, simulations and tests a `VirtualClock`.
 * Nothing outside `runtime` asks the machine for the time or sets a timer.
 */
export interface Clock {
  /** Wall time in milliseconds since 1970. May jump; use it for what people read, never for durations. */
  now(): number;
  /** Milliseconds since some fixed moment; never goes back. Use it for deadlines and durations. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` fires (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `ms` milliseconds, unless disposed before. Does not keep the process alive. */
  after(ms: number, callback: () => void): Disposable;
  /** Lets everything else that is ready run first. For loops that would otherwise hold the event loop. */
  yield(): Promise<void>;
}

const yields = new YieldQueue({ monotonic: () => performance.now(), defer: (callback) => void setImmediate(callback) });

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    });
  },
  after(ms, callback) {
    const timer = setTimeout(callback, ms).unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  yield: () => yields.next(),
};
