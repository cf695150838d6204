import { type FieldMask, INSTANT } from '../../kube/field-mask.ts';
import type { GroupResource } from '../../model/resource.ts';
import { workloadLayoutFor } from './project-workload.ts';

/**
 * What the projectors read of an object, for servers' answers to be decoded no further than that. A projector that
 * reads a member which is not named here never sees it: a test compares the records of whole objects with those of
 * objects cut down to these members.
 */
export function keptFieldsOf(resource: GroupResource): FieldMask | undefined {
  return workloadLayoutFor(resource) === undefined ? KEPT.get(resource) : WORKLOAD;
}

const OWNERS: FieldMask = { apiVersion: true, kind: true, name: true, uid: true, controller: true };

/** Of annotations only those that a projector asks for by name: others hold whatever people put there. */
function metadataWith(annotations: readonly string[], others: FieldMask = {}): FieldMask {
  return {
    labels: true,
    creationTimestamp: INSTANT,
    deletionTimestamp: INSTANT,
    deletionGracePeriodSeconds: true,
    ownerReferences: OWNERS,
    annotations: Object.fromEntries(annotations.map((name) => [name, true])),
    ...others,
  };
}

const REVISION = 'deployment.kubernetes.io/revision';
const CONDITIONS: FieldMask = {
  type: true,
  status: true,
  reason: true,
  message: true,
  lastTransitionTime: INSTANT,
  lastUpdateTime: INSTANT,
};

const CONTAINER: FieldMask = { name: true, image: true, restartPolicy: true };
const STATE: FieldMask = {
  reason: true,
  message: true,
  startedAt: INSTANT,
  finishedAt: INSTANT,
  exitCode: true,
  signal: true,
};
const STATES: FieldMask = { running: STATE, waiting: STATE, terminated: STATE };
const CONTAINER_STATUS: FieldMask = {
  name: true,
  ready: true,
  started: true,
  restartCount: true,
  imageID: true,
  state: STATES,
  lastState: STATES,
};

const POD: FieldMask = {
  metadata: metadataWith([
    'lifecycle.apps.kruise.io/timestamp',
    'apps.kruise.io/inplace-update-grace',
    'apps.kruise.io/inplace-update-state',
  ]),
  spec: { nodeName: true, containers: CONTAINER, initContainers: CONTAINER },
  status: {
    phase: true,
    reason: true,
    podIP: true,
    startTime: INSTANT,
    conditions: CONDITIONS,
    containerStatuses: CONTAINER_STATUS,
    initContainerStatuses: CONTAINER_STATUS,
  },
};

/** Templates whole: their digest is of everything in them. It gives nothing of it away, and nothing else of it is kept. */
const WORKLOAD: FieldMask = {
  metadata: metadataWith([REVISION], { generation: true, managedFields: { subresource: true, time: INSTANT } }),
  spec: true,
  status: true,
};

const REGARDING: FieldMask = { apiVersion: true, kind: true, namespace: true, name: true, uid: true };

const KEPT: ReadonlyMap<GroupResource, FieldMask> = new Map<GroupResource, FieldMask>([
  ['pods', POD],
  [
    'nodes',
    {
      metadata: metadataWith([]),
      spec: { unschedulable: true },
      status: {
        conditions: CONDITIONS,
        capacity: { cpu: true, memory: true, pods: true },
        nodeInfo: { kubeletVersion: true, containerRuntimeVersion: true },
        addresses: { type: true, address: true },
      },
    },
  ],
  ['namespaces', { metadata: metadataWith([]), status: { phase: true } }],
  ['replicasets.apps', { metadata: metadataWith([REVISION]), spec: true, status: true }],
  ['controllerrevisions.apps', { metadata: metadataWith([REVISION]), revision: true, data: true }],
  [
    'events',
    {
      metadata: metadataWith([]),
      type: true,
      reason: true,
      message: true,
      note: true,
      count: true,
      deprecatedCount: true,
      eventTime: INSTANT,
      series: { count: true, lastObservedTime: INSTANT },
      firstTimestamp: INSTANT,
      lastTimestamp: INSTANT,
      deprecatedFirstTimestamp: INSTANT,
      deprecatedLastTimestamp: INSTANT,
      involvedObject: REGARDING,
      regarding: REGARDING,
    },
  ],
]);
