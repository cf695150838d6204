import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../objects/types.ts';
import { DESIRED_REPLICAS, fenceposts, MAX_REPLICAS, newReplicas, oldScaleDowns, proportionalScales } from './deployment-replicas.ts';

const template = { spec: { containers: [{ name: 'app', image: 'demo:v1' }] } };
const selector = { matchLabels: { app: 'demo' } };

function deployment(replicas: number, maxSurge: number | string = '25%', maxUnavailable: number | string = '25%'): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'demo' },
    spec: { replicas, selector, template, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } },
  };
}

function replicaSet(name: string, replicas: number, available = replicas, annotations: Record<string, string> = {}): ReplicaSet {
  const creationTimestamp = name === 'old' ? '2026-01-01T00:00:00Z' : '2026-01-02T00:00:00Z';
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, annotations, creationTimestamp },
    spec: { replicas, selector, template },
    status: { replicas, availableReplicas: available },
  };
}

const shape = (scales: readonly { replicaSet: ReplicaSet; replicas: number }[]) =>
  scales.map((scale) => `${scale.replicaSet.metadata.name}=${scale.replicas}`).sort();

describe('fenceposts', () => {
  it.each([
    { name: 'surge rounds up, unavailability down', replicas: 10, surge: '25%', unavailable: '25%', expected: [3, 2] },
    { name: 'not both may be zero', replicas: 3, surge: 0, unavailable: '25%', expected: [0, 1] },
    { name: 'whole numbers are taken as they are', replicas: 3, surge: 2, unavailable: 0, expected: [2, 0] },
    { name: 'no more may be missing than there are', replicas: 2, surge: 0, unavailable: 5, expected: [0, 2] },
  ])('$name', ({ replicas, surge, unavailable, expected }) => {
    const posts = fenceposts(deployment(replicas, surge, unavailable));
    expect([posts.surge, posts.unavailable]).toEqual(expected);
  });
});

describe('a step of a rolling update', () => {
  it('adds new pods up to the surge', () => {
    expect(newReplicas(deployment(10), 0, 10)).toBe(3);
    expect(newReplicas(deployment(10), 9, 12)).toBe(10);
    expect(newReplicas(deployment(10), 12, 12)).toBe(10);
  });

  it.each([
    { name: 'gives up what may be missing', old: [10, 10], current: [3, 0], expected: ['old=8'] },
    { name: 'waits while new pods are not available', old: [8, 8], current: [5, 0], expected: [] },
    { name: 'goes on as new pods become available', old: [8, 8], current: [5, 5], expected: ['old=3'] },
    { name: 'takes unhealthy old pods first', old: [10, 6], current: [3, 0], expected: ['old=8'] },
  ])('$name', ({ old, current, expected }) => {
    const scales = oldScaleDowns(deployment(10), replicaSet('new', current[0] ?? 0, current[1]), [replicaSet('old', old[0] ?? 0, old[1])]);
    expect(shape(scales)).toEqual(expected);
  });
});

describe('scaling in the middle of a rollout', () => {
  const braked = (replicas: number) => deployment(replicas, 0, 5);
  const annotated = (max: number) => ({ [DESIRED_REPLICAS]: String(max), [MAX_REPLICAS]: String(max) });

  it.each([
    { name: '5 and 5 grow to 6 and 6', replicas: 12, old: 5, current: 5, before: 10, expected: ['new=6', 'old=6'] },
    { name: '6 and 6 shrink to 4 and 4', replicas: 8, old: 6, current: 6, before: 12, expected: ['new=4', 'old=4'] },
  ])('$name', ({ replicas, old, current, before, expected }) => {
    const sets = [replicaSet('old', old, old, annotated(before)), replicaSet('new', current, 0, annotated(before))];
    expect(shape(proportionalScales(braked(replicas), sets[1], [sets[0] as ReplicaSet]))).toEqual(expected);
  });

  it('gives everything to the only one that has pods', () => {
    expect(shape(proportionalScales(deployment(7), replicaSet('new', 5), [replicaSet('old', 0)]))).toEqual(['new=7']);
  });
});
