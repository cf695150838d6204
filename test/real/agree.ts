import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

const timeoutMs = 30_000;
const everyMs = 100;

/** What the gateway answers and what kubectl says of the same. */
export interface Comparison {
  readonly gateway: unknown;
  readonly kubectl: unknown;
}

/**
 * Looks again and again until both say the same: the clusters move on between two looks, and the gateway follows
 * a moment later. Returns what they agreed on; fails with the last difference.
 */
export async function agree<T>(look: () => Promise<Comparison>, waitMs = timeoutMs): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const { gateway, kubectl } = await look();
    if (isDeepStrictEqual(gateway, kubectl)) return gateway as T;
    if (performance.now() > deadline) expect(gateway).toEqual(kubectl);
    await pause(everyMs);
  }
}
