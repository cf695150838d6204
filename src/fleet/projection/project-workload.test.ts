import { describe, expect, it } from 'vitest';
import { aRevision, aWorkload } from '../../../test/support/a-workload.ts';
import { rfc3339, START, seconds } from '../../../test/support/an-object.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { WorkloadRecord } from '../../model/workload-record.ts';
import { projectorFor } from './projectors.ts';

function project(resource: string, object: unknown) {
  const projector = projectorFor(resource);
  if (projector === undefined) throw new Error(`no projector for ${resource}`);
  return projector(object as KubeObject, 'dev');
}

function workload(resource: string, object: Record<string, unknown>): WorkloadRecord {
  return project(resource, {
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'w', uid: 'u', resourceVersion: '1' },
    ...object,
  }) as WorkloadRecord;
}

describe('the strategy of', () => {
  it.each([
    {
      name: 'a Deployment',
      resource: 'deployments.apps',
      spec: { paused: true, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } } },
      strategy: { type: 'RollingUpdate', paused: true, inPlace: false, maxSurge: '25%', maxUnavailable: 0 },
    },
    {
      name: 'a Deployment by default',
      resource: 'deployments.apps',
      spec: {},
      strategy: { type: 'RollingUpdate', paused: false, inPlace: false },
    },
    {
      name: 'a StatefulSet',
      resource: 'statefulsets.apps',
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      strategy: { type: 'RollingUpdate', paused: false, inPlace: false, partition: 2, podManagementPolicy: 'OrderedReady' },
    },
    {
      name: 'a DaemonSet',
      resource: 'daemonsets.apps',
      spec: { updateStrategy: { type: 'OnDelete' } },
      strategy: { type: 'OnDelete', paused: false, inPlace: false },
    },
    {
      name: 'a CloneSet v1alpha1',
      resource: 'clonesets.apps.kruise.io',
      spec: { updateStrategy: { type: 'InPlaceIfPossible', partition: '80%', maxUnavailable: '20%', paused: true } },
      strategy: { type: 'InPlaceIfPossible', paused: true, inPlace: true, partition: '80%', maxUnavailable: '20%' },
    },
    {
      name: 'a CloneSet v1alpha1 by default',
      resource: 'clonesets.apps.kruise.io',
      spec: {},
      strategy: { type: 'ReCreate', paused: false, inPlace: false },
    },
    {
      name: 'a CloneSet v1beta1',
      resource: 'clonesets.apps.kruise.io',
      spec: {
        updateStrategy: {
          type: 'RollingUpdate',
          rollingUpdate: { podUpdatePolicy: 'InPlaceOnly', partition: 3, paused: true, maxSurge: 1 },
        },
      },
      strategy: { type: 'RollingUpdate', paused: true, inPlace: true, partition: 3, maxSurge: 1 },
    },
    {
      name: 'a CloneSet v1beta1 on delete',
      resource: 'clonesets.apps.kruise.io',
      spec: { updateStrategy: { type: 'OnDelete' } },
      strategy: { type: 'OnDelete', paused: false, inPlace: false },
    },
    {
      name: 'an Advanced StatefulSet',
      resource: 'statefulsets.apps.kruise.io',
      spec: {
        podManagementPolicy: 'Parallel',
        updateStrategy: { rollingUpdate: { podUpdatePolicy: 'InPlaceIfPossible', partition: 1, paused: true, maxUnavailable: 2 } },
      },
      strategy: { type: 'RollingUpdate', paused: true, inPlace: true, partition: 1, maxUnavailable: 2, podManagementPolicy: 'Parallel' },
    },
    {
      name: 'an Advanced DaemonSet',
      resource: 'daemonsets.apps.kruise.io',
      spec: {
        updateStrategy: {
          rollingUpdate: {
            rollingUpdateType: 'InPlaceIfPossible',
            partition: '50%',
            paused: false,
            selector: { matchLabels: { pool: 'a' } },
          },
        },
      },
      strategy: {
        type: 'RollingUpdate',
        paused: false,
        inPlace: true,
        partition: '50%',
        nodeSelector: [{ key: 'pool', operator: 'In', values: ['a'] }],
      },
    },
  ])('$name', ({ resource, spec, strategy }) => {
    expect(workload(resource, { spec }).strategy).toEqual(strategy);
  });
});

describe('the counts of', () => {
  const daemon = { desiredNumberScheduled: 9, currentNumberScheduled: 8, numberReady: 7, numberAvailable: 6, updatedNumberScheduled: 5 };
  const clone = {
    replicas: 9,
    readyReplicas: 8,
    availableReplicas: 7,
    updatedReplicas: 6,
    updatedReadyReplicas: 5,
    updatedAvailableReplicas: 4,
    expectedUpdatedReplicas: 3,
  };
  it.each([
    {
      name: 'a Deployment',
      resource: 'deployments.apps',
      status: { replicas: 5, readyReplicas: 4, availableReplicas: 3, updatedReplicas: 2 },
      replicas: { desired: 7, current: 5, ready: 4, available: 3, updated: 2 },
    },
    {
      name: 'a DaemonSet',
      resource: 'daemonsets.apps',
      status: daemon,
      replicas: { desired: 9, current: 8, ready: 7, available: 6, updated: 5 },
    },
    {
      name: 'an Advanced DaemonSet',
      resource: 'daemonsets.apps.kruise.io',
      status: daemon,
      replicas: { desired: 9, current: 8, ready: 7, available: 6, updated: 5 },
    },
    {
      name: 'a CloneSet',
      resource: 'clonesets.apps.kruise.io',
      status: clone,
      replicas: { desired: 7, current: 9, ready: 8, available: 7, updated: 6, updatedReady: 5, updatedAvailable: 4, expectedUpdated: 3 },
    },
    {
      name: 'an Advanced StatefulSet',
      resource: 'statefulsets.apps.kruise.io',
      status: clone,
      replicas: { desired: 7, current: 9, ready: 8, available: 7, updated: 6, updatedReady: 5, updatedAvailable: 4 },
    },
    {
      name: 'a StatefulSet',
      resource: 'statefulsets.apps',
      status: clone,
      replicas: { desired: 7, current: 9, ready: 8, available: 7, updated: 6 },
    },
  ])('$name', ({ resource, status, replicas }) => {
    expect(workload(resource, { spec: { replicas: 7 }, status }).replicas).toEqual(replicas);
  });

  it('a workload that says nothing of replicas wants one', () => {
    expect(workload('deployments.apps', { spec: {} }).replicas.desired).toBe(1);
  });
});

describe('a workload', () => {
  it.each([
    {
      name: 'status.updateRevision',
      resource: 'clonesets.apps.kruise.io',
      status: { updateRevision: 'web-6f5', currentRevision: 'web-4d3' },
      update: 'web-6f5',
    },
    { name: 'status.daemonSetHash of v1alpha1', resource: 'daemonsets.apps.kruise.io', status: { daemonSetHash: '6f5' }, update: '6f5' },
    {
      name: 'status.updateRevision before it',
      resource: 'daemonsets.apps.kruise.io',
      status: { daemonSetHash: '1', updateRevision: 'x-2' },
      update: 'x-2',
    },
    { name: 'nothing for a Deployment', resource: 'deployments.apps', status: { updateRevision: 'x' }, update: undefined },
  ])('takes its target from $name', ({ resource, status, update }) => {
    expect(workload(resource, { status }).updateRevision).toBe(update);
  });

  it('writes its selector as kubectl does', () => {
    const selector = {
      matchLabels: { tier: 'web', app: 'shop' },
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['a', 'b'] },
        { key: 'env', operator: 'NotIn', values: ['dev'] },
        { key: 'live', operator: 'Exists' },
        { key: 'canary', operator: 'DoesNotExist' },
      ],
    };
    expect(workload('deployments.apps', { spec: { selector } }).selector).toBe(
      'app=shop,tier=web,zone in (a,b),env notin (dev),live,!canary',
    );
  });

  it('has the minReadySeconds of its kind', () => {
    expect(aWorkload('ADVANCED_STATEFUL_SET').minReadySeconds(9).record().minReadySeconds).toBe(9);
    expect(aWorkload('CLONE_SET').minReadySeconds(9).record().minReadySeconds).toBe(9);
  });

  it('tells when its spec was last written, not its status', () => {
    const managedFields = [
      { manager: 'kubectl', time: rfc3339(START + seconds(5)) },
      { manager: 'hpa', subresource: 'scale', time: rfc3339(START + seconds(7)) },
      { manager: 'controller', subresource: 'status', time: rfc3339(START + seconds(60)) },
    ];
    const object = aWorkload('DEPLOYMENT').object();
    object.metadata.managedFields = managedFields;
    expect((project('deployments.apps', object) as WorkloadRecord).specWrittenAt).toBe(START + seconds(7));
  });

  it.each(['DEPLOYMENT', 'STATEFUL_SET', 'CLONE_SET', 'ADVANCED_DAEMON_SET'] as const)('%s has the digest of its revision', (kind) => {
    const web = aWorkload(kind);
    const revision = aRevision(web, '6f5', 4).record();
    expect(revision.templateDigest).toBe(web.record().templateDigest);
    expect(revision).toMatchObject({ number: 4, revisionKey: '6f5', name: 'web-6f5', owner: { uid: web.record().uid } });
    expect(aRevision(web, '4d3').image('other').record().templateDigest).not.toBe(revision.templateDigest);
  });
});
