import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Heap and buffers in bytes, after garbage was collected. */
export function heldBytes(): number {
  for (let round = 0; round < 4; round += 1) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export interface Delays {
  readonly maxMs: number;
  readonly p99Ms: number;
}

/** How long the event loop was held up between now and `stop`. Millisecond steps; what is 1 to 2 is nothing. */
export function watchLoop(): { stop(): Delays } {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  return {
    stop() {
      histogram.disable();
      return { maxMs: histogram.max / 1e6, p99Ms: histogram.percentile(99) / 1e6 };
    },
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function until(isDone: () => boolean, timeoutMs = 200_000): Promise<void> {
  const endsAt = performance.now() + timeoutMs;
  while (!isDone()) {
    if (performance.now() > endsAt) throw new Error('it did not happen in time');
    await sleep(2);
  }
}
