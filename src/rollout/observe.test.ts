import { describe, expect, it } from 'vitest';
import { aClusterRecord, aStore, clusterOf } from '../../test/support/a-cluster.ts';
import { aNode } from '../../test/support/a-node.ts';
import type { PodBuilder } from '../../test/support/a-pod.ts';
import { aRollout, now, ready } from '../../test/support/a-rollout.ts';
import { ARun } from '../../test/support/rollout-model/a-run.ts';
import { observeTarget } from './observe.ts';

describe('what our copy shows of a run', () => {
  const { web, old, fresh } = aRollout('CLONE_SET', 4);
  const pods = [...ready(fresh.pods(2)), ...ready(old.pods(2))];
  const record = web.record();
  const { spec } = new ARun().driver.state;
  const here = { ...spec, target: { ...spec.target, namespace: record.namespace, name: record.name } };

  it('are counts of each revision, bound to the version they belong to', () => {
    const store = aStore([web, old, fresh, ...pods, aNode()], [aClusterRecord('dev')]);
    expect(observeTarget(clusterOf(store), here, now)).toMatchObject({
      uid: record.uid,
      generation: 2,
      replicas: 4,
      updated: 2,
      updatedAvailable: 2,
      old: 2,
      active: 4,
      isLive: true,
      troubles: [],
    });
  });

  it('says how old it is when the cluster is out of reach', () => {
    const store = aStore([web, old, fresh, ...pods, aNode()], [aClusterRecord('dev', { state: 'STALE', staleSince: now - 20_000 })]);
    expect(observeTarget(clusterOf(store), here, now)).toMatchObject({ isLive: false, ageMs: 20_000 });
  });

  describe('of a pod that is not ready', () => {
    const fresh1 = () => fresh.pods(1).map((pod) => pod.createdAt(now - 60_000).notReady(now - 60_000));
    const troublesOf = (pod: PodBuilder) => {
      const store = aStore([web, old, fresh, pod, aNode()], [aClusterRecord('dev')]);
      return observeTarget(clusterOf(store), here, now)?.troubles.map(({ code, since }) => [code, since && now - since]);
    };

    it('says nothing while its containers are made', () => {
      for (const pod of fresh1()) expect(troublesOf(pod.waiting('ContainerCreating', undefined, now - 60_000))).toEqual([]);
    });

    it('counts from when they all run', () => {
      for (const pod of fresh1()) expect(troublesOf(pod.running(now - 9_000))).toEqual([['NotReady', 9_000]]);
    });

    it('counts from its beginning once one of them was started again', () => {
      for (const pod of fresh1()) expect(troublesOf(pod.running(now - 9_000).restarts(1))).toEqual([['NotReady', 60_000]]);
    });

    it('says so when they are not made for two minutes', () => {
      for (const pod of fresh1())
        expect(troublesOf(pod.waiting('ContainerCreating', undefined, now - 130_000))).toEqual([['NotReady', 130_000]]);
    });
  });

  it('is nothing where there is no such object', () => {
    expect(observeTarget(clusterOf(aStore([aNode()])), here, now)).toBeUndefined();
  });
});
