import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNode } from '../../../test/support/a-node.ts';
import { aPod } from '../../../test/support/a-pod.ts';
import { aRevision, aWorkload } from '../../../test/support/a-workload.ts';
import { minutes, rfc3339, START, seconds } from '../../../test/support/an-object.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { labelOf } from '../../model/labels.ts';
import type { PodRecord } from '../../model/pod-record.ts';
import type { WorkloadRecord } from '../../model/workload-record.ts';
import { projectEvent } from './project-event.ts';
import { projectPod } from './project-pod.ts';
import { projectorFor, WATCHED_RESOURCES } from './projectors.ts';

const projected = WATCHED_RESOURCES.filter(({ resource }) => resource !== 'events').map(({ resource }) => resource);

function project(resource: string, object: unknown, flaw?: (field: string) => void) {
  const projector = projectorFor(resource, flaw);
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

describe('a projector', () => {
  it('is there for every watched kind but events, and for no other', () => {
    for (const resource of projected) expect(projectorFor(resource)).toBeDefined();
    for (const resource of ['events', 'secrets', 'constructor', '__proto__']) expect(projectorFor(resource)).toBeUndefined();
  });

  const anyObject = fc.oneof(
    fc.object({ withNullPrototype: true }),
    fc.record({ metadata: fc.anything(), spec: fc.anything(), status: fc.anything(), data: fc.anything(), involvedObject: fc.anything() }),
  );
  it.each(projected)('never throws, whatever a %s holds', (resource) => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), anyObject, (json, any) => {
        for (const object of [json, any].filter((value) => typeof value === 'object' && value !== null)) project(resource, object);
      }),
      { numRuns: 200 },
    );
  });

  /** A real object with some members replaced by something else. */
  const members = fc.dictionary(
    fc.constantFrom(
      'metadata',
      'spec',
      'status',
      'template',
      'containers',
      'conditions',
      'labels',
      'ownerReferences',
      'strategy',
      'updateStrategy',
      'rollingUpdate',
      'containerStatuses',
      'state',
      'replicas',
      'selector',
    ),
    fc.jsonValue(),
  );
  const samples = [aPod().object(), aNode().object(), aWorkload('DEPLOYMENT').object(), aWorkload('CLONE_SET').object()];
  it.each(projected)('makes records that GraphQL can write out of a %s with broken members', (resource) => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), members, (sample, broken) => {
        const object = JSON.parse(JSON.stringify(sample), (key, value) => (Object.hasOwn(broken, key) ? broken[key] : value));
        if (typeof object !== 'object' || object === null) return;
        const record = project(resource, object) as PodRecord & WorkloadRecord;
        expect(Object.values(record.labels).every((value) => typeof value === 'string')).toBe(true);
        expect([record.name, record.uid, record.resourceVersion].every((text) => typeof text === 'string')).toBe(true);
        for (const count of [record.restarts, record.totalContainers, record.generation, record.replicas?.desired]) {
          if (count !== undefined) expect(Number.isInteger(count) && count >= 0 && count < 2 ** 31).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reports the fields that are not what they should be, and no others', () => {
    const flaws: string[] = [];
    project('pods', aPod().object(), (field) => flaws.push(field));
    expect(flaws).toEqual([]);
    const broken = { ...aPod().object(), spec: 7 };
    project('pods', broken, (field) => flaws.push(field));
    expect(flaws).toEqual(['spec']);
  });
});

describe('labels', () => {
  it('with names that JavaScript knows do no harm and can be read', () => {
    const object = JSON.parse(
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","uid":"u","resourceVersion":"1","labels":{"__proto__":"x","constructor":"y"}}}',
    );
    const { labels } = project('pods', object);
    expect(labelOf(labels, '__proto__')).toBe('x');
    expect(labelOf(labels, 'constructor')).toBe('y');
    expect(labelOf(labels, 'toString')).toBeUndefined();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('that are not text are left out and reported', () => {
    const flaws: string[] = [];
    const object = JSON.parse('{"metadata":{"name":"a","labels":{"__proto__":{"admin":"1"},"a":"b","n":1}}}');
    const { labels } = project('pods', object, (field) => flaws.push(field));
    expect(Object.entries(labels)).toEqual([['a', 'b']]);
    expect(flaws).toContain('labels');
  });
});

it('no value of env, args, command or annotations enters a record', () => {
  const secret = 'canary-9f2c81';
  const container = { name: 'app', image: 'a', env: [{ name: 'A', value: secret }], args: [secret], command: [secret] };
  const metadata = {
    name: 'a',
    uid: 'u',
    resourceVersion: '1',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': secret, other: secret },
  };
  const template = { metadata: { annotations: { other: secret } }, spec: { containers: [container], initContainers: [container] } };
  const object = {
    apiVersion: 'v1',
    kind: 'X',
    metadata,
    spec: { ...template.spec, template, selector: {} },
    data: { spec: { template } },
    status: {},
  };
  for (const resource of projected) expect(JSON.stringify(project(resource, object))).not.toContain(secret);
});

describe('a pod', () => {
  it('carries what is asked of it most', () => {
    const pod = aPod('web-1')
      .revision('web-6f5', 'controller-revision-hash')
      .readySince(START + seconds(9))
      .restarts(2, START)
      .record();
    expect(pod).toMatchObject({
      phase: 'Running',
      status: 'Running',
      ready: true,
      readySince: START + seconds(9),
      restarts: 2,
      nodeName: 'node-1',
      revisionKey: '6f5',
      images: [{ container: 'app', image: 'registry.example/shop/web:v1' }],
      containers: [{ name: 'app', init: false, state: 'running', lastTermination: { exitCode: 1, reason: 'Error', finishedAt: START } }],
    });
  });

  it.each([
    { name: 'a short controller-revision-hash', build: () => aPod().revision('6f5'), key: '6f5' },
    { name: 'the name of a ControllerRevision', build: () => aPod().revision('my-web-6f5'), key: '6f5' },
    { name: 'a pod-template-hash', build: () => aPod().revision('6f5', 'pod-template-hash'), key: '6f5' },
    { name: 'both, of which the first counts', build: () => aPod().revision('old', 'pod-template-hash').revision('web-new'), key: 'new' },
    { name: 'no such label', build: () => aPod(), key: undefined },
  ])('has the revision of $name', ({ build, key }) => {
    expect(build().record().revisionKey).toBe(key);
  });

  it('says when its deletion was asked for, not when its grace ends', () => {
    const pod = aPod()
      .terminating(START + minutes(5), 600)
      .record();
    expect(pod.deletionRequestedAt).toBe(START + minutes(5));
    expect(pod.deletionGracePeriodSeconds).toBe(600);
  });

  it('says why it is not scheduled', () => {
    expect(aPod().unschedulable('no room').record().unscheduled).toEqual({ reason: 'Unschedulable', message: 'no room' });
  });

  it('lists init containers first and marks sidecars', () => {
    const initContainers = [
      { name: 'setup', image: 's' },
      { name: 'proxy', image: 'p', restartPolicy: 'Always' },
    ];
    const pod = aPod().spec({ initContainers }).record();
    expect(pod.containers.map(({ name, init, sidecar }) => [name, init, sidecar])).toEqual([
      ['setup', true, undefined],
      ['proxy', true, true],
      ['app', false, undefined],
    ]);
    expect(pod.images.map(({ container }) => container)).toEqual(['app', 'proxy']);
  });

  it.each([
    { name: 'a closed gate', build: () => aPod().condition('InPlaceUpdateReady', 'False') },
    { name: 'a grace annotation', build: () => aPod().annotation('apps.kruise.io/inplace-update-grace', '{}') },
  ])('is being updated in place with $name', ({ build }) => {
    expect(build().record().inPlaceUpdating).toBe(true);
  });

  it('tells OpenKruise’s lifecycle and update times', () => {
    const pod = aPod()
      .label('lifecycle.apps.kruise.io/state', 'PreparingUpdate')
      .annotation('lifecycle.apps.kruise.io/timestamp', rfc3339(START + seconds(1)))
      .annotation('apps.kruise.io/inplace-update-state', JSON.stringify({ revision: 'x', updateTimestamp: rfc3339(START + seconds(2)) }))
      .record();
    expect(pod).toMatchObject({
      lifecycleState: 'PreparingUpdate',
      lifecycleSince: START + seconds(1),
      inPlaceUpdatedAt: START + seconds(2),
    });
  });

  it('is not upset by a broken annotation', () => {
    const flaws: string[] = [];
    const object = aPod().annotation('apps.kruise.io/inplace-update-state', '{').object();
    expect(projectPod(object, 'dev', (field) => flaws.push(field)).inPlaceUpdatedAt).toBeUndefined();
    expect(flaws).toEqual(['inplace-update-state']);
  });

  it('cuts messages that are longer than anybody reads', () => {
    const pod = aPod().waiting('ErrImagePull', 'x'.repeat(5_000)).record();
    expect(pod.containers[0]?.message).toHaveLength(1_025);
  });
});

describe('a node', () => {
  it.each([
    { name: 'our label', labels: { 'fleetgraph.io/node-set': 'a', 'eks.amazonaws.com/nodegroup': 'b' }, nodeSet: 'a' },
    { name: 'a node group of EKS', labels: { 'eks.amazonaws.com/nodegroup': 'b' }, nodeSet: 'b' },
    { name: 'a node pool of GKE', labels: { 'cloud.google.com/gke-nodepool': 'c' }, nodeSet: 'c' },
    { name: 'an agent pool of AKS', labels: { 'kubernetes.azure.com/agentpool': 'd' }, nodeSet: 'd' },
    { name: 'nothing', labels: {}, nodeSet: undefined },
  ])('belongs to the set that $name names', ({ labels, nodeSet }) => {
    const node = aNode();
    for (const [key, value] of Object.entries(labels)) node.label(key, value);
    expect(node.record().nodeSet).toBe(nodeSet);
  });

  it('shows its versions, capacity and state', () => {
    expect(aNode().cordoned().down(START).record()).toMatchObject({
      ready: false,
      unschedulable: true,
      kubeletVersion: 'v1.32.3',
      internalIp: '192.0.2.1',
      capacity: { cpu: '8', memory: '32Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'Unknown', since: START }],
    });
  });
});

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

describe('an event', () => {
  const involvedObject = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u' };
  const metadata = { name: 'e', namespace: 'shop', uid: 'e1', resourceVersion: '1', creationTimestamp: rfc3339(START) };
  const event = (fields: Record<string, unknown>) =>
    projectEvent({ apiVersion: 'v1', kind: 'Event', metadata, involvedObject, ...fields } as KubeObject, 'dev');

  it.each([
    {
      name: 'an old recorder',
      fields: { count: 4, firstTimestamp: rfc3339(START), lastTimestamp: rfc3339(START + seconds(9)) },
      count: 4,
      first: START,
      last: START + seconds(9),
    },
    {
      name: 'a new recorder, once',
      fields: { eventTime: '2026-01-01T00:00:03.000000Z', firstTimestamp: null, lastTimestamp: null },
      count: 1,
      first: START + seconds(3),
      last: START + seconds(3),
    },
    {
      name: 'a new recorder, in a series',
      fields: { eventTime: rfc3339(START), series: { count: 12, lastObservedTime: rfc3339(START + seconds(60)) } },
      count: 12,
      first: START,
      last: START + seconds(60),
    },
    { name: 'one that writes no times', fields: {}, count: 1, first: START, last: START },
  ])('of $name', ({ fields, count, first, last }) => {
    expect(event(fields)).toMatchObject({ count, firstSeenAt: first, lastSeenAt: last, regarding: involvedObject });
  });

  it('of the newer API reads the same', () => {
    const newer = {
      involvedObject: undefined,
      regarding: involvedObject,
      note: 'back-off',
      deprecatedCount: 2,
      type: 'Warning',
      reason: 'BackOff',
    };
    expect(event(newer)).toMatchObject({ message: 'back-off', count: 2, type: 'Warning', reason: 'BackOff', regarding: involvedObject });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.object({ withNullPrototype: true }), (object) => void projectEvent(object as unknown as KubeObject, 'dev')));
  });
});
