import type { Clock } from '../runtime/clock.ts';

/** Undefined when `work` did not end in time or failed; its signal fires then, and a later end of it is nobody's concern. */
export async function withinDeadline<T>(clock: Clock, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const ended = new AbortController();
  const late = new Promise<undefined>((resolve) => ended.signal.addEventListener('abort', () => resolve(undefined), { once: true }));
  using _ = clock.after(ms, () => ended.abort());
  try {
    return await Promise.race([work(ended.signal), late]);
  } catch {
    return undefined;
  }
}
