/** How retries spread out. Times in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly factor: number;
  readonly capMs: number;
}

/** client-go's reflector constants: 0.8 s doubling to 30 s. */
export const REFLECTOR_BACKOFF: Backoff = { firstMs: 800, factor: 2, capMs: 30_000 };

/**
 * How long to wait before retry number `attempt` (0 = the first), in milliseconds: a time between half
 * and the whole of the exponential step, so that clusters which lost the same link do not return together.
 * Pure: the caller supplies `chance` in [0, 1).
 */
export function backoffMs(policy: Backoff, attempt: number, chance: number): number {
  const step = Math.min(policy.capMs, policy.firstMs * policy.factor ** Math.min(attempt, 30));
  return step * (0.5 + chance / 2);
}
