/** What a call gives when it was interrupted rather than answered. */
export const INTERRUPTED = Symbol('interrupted');
export type Interrupted = typeof INTERRUPTED;

/** `work`'s result, or INTERRUPTED as soon as `signal` fires; what `work` does afterwards is nobody's business. */
export function interruptible<T>(work: Promise<T>, signal: AbortSignal): Promise<T | Interrupted> {
  return new Promise((resolve, reject) => {
    const interrupt = () => resolve(INTERRUPTED);
    if (signal.aborted) interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    work
      .then(resolve, (error: unknown) => (signal.aborted ? interrupt() : reject(error)))
      .finally(() => signal.removeEventListener('abort', interrupt));
  });
}

/**
 * The items of `source` until it ends or `signal` fires, whatever the source does then: one that never settles
 * again is left behind. One listener for the whole life, so that a long stream leaves no trail of them.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let interrupt: (() => void) | undefined;
  const onAbort = () => interrupt?.();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (!signal.aborted) {
      const next = await new Promise<IteratorResult<T> | Interrupted>((resolve, reject) => {
        interrupt = () => resolve(INTERRUPTED);
        iterator.next().then(resolve, reject);
      });
      if (next === INTERRUPTED || signal.aborted || next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    iterator.return?.().catch(() => {});
  }
}
