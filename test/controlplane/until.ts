import { setTimeout as sleep } from 'node:timers/promises';

export interface Wait {
  readonly timeoutMs: number;
  /** Time between two looks, default 50 ms. */
  readonly everyMs?: number;
}

/**
 * Asks `probe` again and again until it returns something other than false or undefined, and
 * returns that. A probe that throws is asked again; the last error is the cause of the timeout.
 */
export async function until<T>(what: string, wait: Wait, probe: () => Promise<T | false | undefined>): Promise<T> {
  const deadline = performance.now() + wait.timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== false && answer !== undefined) return answer;
      lastError = undefined;
    } catch (error) {
      if (error instanceof HopelessError) throw error;
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`timed out after ${wait.timeoutMs} ms: ${what}`, { cause: lastError });
    }
    await sleep(wait.everyMs ?? 50);
  }
}

/** Thrown by a probe to end `until` at once: what it waits for can no longer happen. */
export class HopelessError extends Error {
  override readonly name = 'HopelessError';
}
