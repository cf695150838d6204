/** The kinds of apps/v1. */
import {
  applyDaemonSetDefaults,
  applyDeploymentDefaults,
  applyReplicaSetDefaults,
  applyStatefulSetDefaults,
} from '../defaults/workloads.ts';
import { equalJson } from '../json-value.ts';
import { validateDeployment, validateMutableFields, validateSelectorUpdate, validateWorkload } from '../validation/workloads.ts';
import { statusOf } from './core-kinds.ts';
import { define, selectable } from './define.ts';
import type { ResourceDefinition, ScalePaths, Subresource } from './resource-definition.ts';

const SCALE: Subresource = { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] };
const SCALE_PATHS: ScalePaths = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  selector: ['spec', 'selector'],
};
const STATEFUL_SET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const workload = { group: 'apps', categories: ['all'] };

export const WORKLOAD_KINDS: readonly ResourceDefinition[] = [
  define({
    ...workload,
    kind: 'Deployment',
    resource: 'deployments',
    shortNames: ['deploy'],
    subresources: [SCALE, statusOf('Deployment')],
    scale: SCALE_PATHS,
    rules: {
      hasStatus: true,
      hasGeneration: true,
      // The deployment strategy counts annotations as desired state. Source: pkg/registry/apps/deployment/strategy.go.
      changesGeneration: (next, previous) => !equalJson(next.metadata.annotations ?? {}, previous.metadata.annotations ?? {}),
      applyDefaults: applyDeploymentDefaults,
      validate: validateDeployment,
      validateUpdate: validateSelectorUpdate,
    },
  }),
  define({
    ...workload,
    kind: 'ReplicaSet',
    resource: 'replicasets',
    shortNames: ['rs'],
    subresources: [SCALE, statusOf('ReplicaSet')],
    scale: SCALE_PATHS,
    selectableFields: selectable('status.replicas'),
    rules: {
      hasStatus: true,
      hasGeneration: true,
      applyDefaults: applyReplicaSetDefaults,
      validate: validateWorkload('replicaset'),
      validateUpdate: validateSelectorUpdate,
    },
  }),
  define({
    ...workload,
    kind: 'StatefulSet',
    resource: 'statefulsets',
    shortNames: ['sts'],
    subresources: [SCALE, statusOf('StatefulSet')],
    scale: SCALE_PATHS,
    rules: {
      hasStatus: true,
      hasGeneration: true,
      applyDefaults: applyStatefulSetDefaults,
      validate: validateWorkload('statefulset'),
      validateUpdate: validateMutableFields('statefulset', STATEFUL_SET_MUTABLE),
    },
  }),
  define({
    ...workload,
    kind: 'DaemonSet',
    resource: 'daemonsets',
    shortNames: ['ds'],
    subresources: [statusOf('DaemonSet')],
    rules: {
      hasStatus: true,
      hasGeneration: true,
      applyDefaults: applyDaemonSetDefaults,
      validate: validateWorkload('daemonset'),
      validateUpdate: validateSelectorUpdate,
    },
  }),
  define({ group: 'apps', kind: 'ControllerRevision', resource: 'controllerrevisions' }),
];
