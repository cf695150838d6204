import { expect, it } from 'vitest';
import { ADVANCED_STATEFUL_SETS, KRUISE_CLUSTER, PLAIN_CLUSTER } from '../../test/support/served-kinds.ts';
import { apiVersionOf, groupResourceOf, type Resource } from '../model/resource.ts';
import { openKruiseOf } from './open-kruise.ts';
import { WATCHED_RESOURCES } from './projection/projectors.ts';
import { planWatches } from './watch-plan.ts';

const plan = (served: readonly Resource[]) =>
  planWatches(served, WATCHED_RESOURCES).map((one) => `${groupResourceOf(one)} ${apiVersionOf(one)}`);

it('watches what is served and wanted, small kinds first, and no Secrets', () => {
  expect(plan(PLAIN_CLUSTER).map((text) => text.split(' ')[0])).toEqual([
    ...['namespaces', 'nodes', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'replicasets.apps'],
    ...['controllerrevisions.apps', 'pods', 'events'],
  ]);
});

it('keeps Kubernetes’ own kinds and OpenKruise’s of the same name apart', () => {
  expect(plan(KRUISE_CLUSTER)).toEqual(
    expect.arrayContaining(['statefulsets.apps apps/v1', 'statefulsets.apps.kruise.io apps.kruise.io/v1beta1']),
  );
});

it('takes the version that the cluster has', () => {
  expect(plan(ADVANCED_STATEFUL_SETS.slice(1))).toEqual(['statefulsets.apps.kruise.io apps.kruise.io/v1alpha1']);
  expect(plan([{ ...(ADVANCED_STATEFUL_SETS[0] ?? PLAIN_CLUSTER[0]), version: 'v1' } as Resource])).toEqual([
    'statefulsets.apps.kruise.io apps.kruise.io/v1',
  ]);
});

it('tells whether OpenKruise is there, and which kinds at which versions', () => {
  expect(openKruiseOf(PLAIN_CLUSTER, undefined)).toBeUndefined();
  expect(openKruiseOf(KRUISE_CLUSTER, undefined)?.kinds).toContainEqual({ kind: 'StatefulSet', servedVersions: ['v1beta1', 'v1alpha1'] });
});
