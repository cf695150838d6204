import { describe, expect, it } from 'vitest';
import type { CloneSet, CloneSetUpdateStrategy } from '../objects/types.ts';
import { type CloneSetCounts, partitionOf, planCloneSet } from './clone-set-budget.ts';

describe('the partition of a CloneSet', () => {
  it.each([
    { name: 'a number is taken as it is', partition: 3, replicas: 10, expected: 3 },
    { name: 'a percentage rounds up', partition: '25%', replicas: 10, expected: 3 },
    { name: 'but never to all of them', partition: '99%', replicas: 10, expected: 9 },
    { name: 'unless it says so', partition: '100%', replicas: 10, expected: 10 },
    { name: 'a single pod may stay', partition: '50%', replicas: 1, expected: 1 },
    { name: 'no more than there are', partition: 12, replicas: 10, expected: 10 },
    { name: 'absent: none stays', partition: undefined, replicas: 10, expected: 0 },
  ])('$name', ({ partition, replicas, expected }) => {
    expect(partitionOf(partition, replicas)).toBe(expected);
  });
});

function cloneSet(replicas: number, updateStrategy: CloneSetUpdateStrategy): CloneSet {
  const template = { spec: { containers: [{ name: 'app', image: 'demo:v1' }] } };
  return {
    apiVersion: 'apps.kruise.io/v1alpha1',
    kind: 'CloneSet',
    metadata: { name: 'demo' },
    spec: { replicas, selector: {}, template, updateStrategy },
  };
}

const counts = (given: Partial<CloneSetCounts>): CloneSetCounts => {
  const { newRevision = 0, oldRevision = 0 } = given;
  return { total: newRevision + oldRevision, newRevision, oldRevision, toDeleteNew: 0, toDeleteOld: 0, unavailable: 0, ...given };
};

describe('the plan of a CloneSet', () => {
  it.each([
    {
      name: 'moves all but the partition',
      strategy: { partition: 6 },
      pods: counts({ oldRevision: 10 }),
      expected: { update: 4, scale: 0 },
    },
    {
      name: 'moves nothing while paused',
      strategy: { partition: 0, paused: true },
      pods: counts({ oldRevision: 10 }),
      expected: { update: 0, scale: 0 },
    },
    {
      name: 'moves nothing back when the partition is raised',
      strategy: { partition: 8 },
      pods: counts({ oldRevision: 5, newRevision: 5 }),
      expected: { update: 0, scale: 0 },
    },
    {
      name: 'makes missing pods old while fewer than the partition are',
      strategy: { partition: 6 },
      pods: counts({ oldRevision: 5, newRevision: 4 }),
      expected: { scale: 1, scaleOld: 1 },
    },
    {
      name: 'and new ones after that',
      strategy: { partition: 6 },
      pods: counts({ oldRevision: 6, newRevision: 3 }),
      expected: { scale: 1, scaleOld: 0 },
    },
    {
      name: 'surges at the new revision',
      strategy: { maxSurge: 3 },
      pods: counts({ oldRevision: 10 }),
      expected: { scale: 3, scaleOld: 0 },
    },
    {
      name: 'never surges while paused',
      strategy: { maxSurge: 3, paused: true },
      pods: counts({ oldRevision: 10 }),
      expected: { scale: 0 },
    },
    {
      name: 'takes the surplus away at the end',
      strategy: { maxSurge: 3 },
      pods: counts({ oldRevision: 3, newRevision: 10 }),
      expected: { scale: -3 },
    },
    {
      name: 'rounds unavailability up without a surge',
      strategy: { maxUnavailable: '25%' },
      pods: counts({ oldRevision: 10 }),
      expected: { maxUnavailable: 3 },
    },
    {
      name: 'and down with one',
      strategy: { maxUnavailable: '25%', maxSurge: 1 },
      pods: counts({ newRevision: 10 }),
      expected: { maxUnavailable: 2 },
    },
  ])('$name', ({ strategy, pods, expected }) => {
    expect(planCloneSet(cloneSet(10, strategy), pods)).toMatchObject(expected);
  });
});
