import { expect } from 'vitest';
import type { Intent } from '../../src/rollout/state.ts';
import type { WorkloadWrite } from './stage.ts';

/**
 * The API server's history against the run's own record: each write that the run holds to have happened is there once,
 * in the order of their making, and there is no other.
 */
export function expectOneWritePerIntent(runId: string, intents: readonly Intent[], writes: readonly WorkloadWrite[]): void {
  expect(intents.filter(({ outcome }) => outcome === 'pending' || outcome === 'unknown')).toEqual([]);
  const applied = intents.filter(({ outcome }) => outcome === 'applied');
  // A release takes the label away instead of setting it.
  const wanted = applied.map(({ id, op }) => (op === 'RELEASE' ? null : id));
  // At the least: claimed, started, given back.
  expect(wanted.length).toBeGreaterThanOrEqual(3);
  expect(writes.map(({ marker }) => marker)).toEqual(wanted);
  expect(wanted.filter((marker) => marker !== null && !marker.startsWith(`${runId}.`))).toEqual([]);
  expect(new Set(wanted).size).toBe(wanted.length);
}
