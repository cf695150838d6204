import { describe, expect, it } from 'vitest';
import { aClusterRecord, aStore, clusterOf } from '../../test/support/a-cluster.ts';
import type { PodBuilder } from '../../test/support/a-pod.ts';
import { aRollout, changedAt } from '../../test/support/a-rollout.ts';
import { usualStartSeconds } from './usual-start.ts';

describe('how long the pods of a workload usually take to be ready', () => {
  const { web, old, fresh } = aRollout('CLONE_SET', 4);
  const usual = (pods: readonly PodBuilder[]) =>
    usualStartSeconds(clusterOf(aStore([web, old, fresh, ...pods], [aClusterRecord('dev')])), web.record());
  const took = (...seconds: readonly number[]) =>
    old.pods(seconds.length).map((pod, at) => pod.startedAt(changedAt).readySince(changedAt + (seconds[at] ?? 0) * 1_000));

  it('is what the middle one took', () => {
    expect(usual(took(4, 70, 6))).toBe(6);
  });

  it('leaves out those that were unready in between, were restarted, or are not ready', () => {
    const [quick, flapped, restarted, unready] = took(5, 3_000, 80, 90);
    expect(usual([quick, flapped, restarted?.restarts(1), unready?.notReady()].filter((pod) => pod !== undefined))).toBe(5);
  });

  it('is not known without any', () => {
    expect(usual([])).toBeUndefined();
  });
});
