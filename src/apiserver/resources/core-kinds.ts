/** The kinds of the core group, policy, coordination and autoscaling. */
import {
  applyAutoscalerDefaults,
  applyNamespaceDefaults,
  applySecretDefaults,
  applyServiceDefaults,
  prepareNamespace,
  prepareService,
} from '../defaults/core-objects.ts';
import { applyPodDefaults, podGracePeriod, preparePod } from '../defaults/pod.ts';
import { validatePod, validatePodUpdate } from '../validation/pods.ts';
import {
  validateAutoscaler,
  validateBudget,
  validateImmutableData,
  validateService,
  validateServiceUpdate,
} from '../validation/small-kinds.ts';
import { define, selectable } from './define.ts';
import { CORE_EVENTS, NEW_EVENTS } from './events.ts';
import type { ResourceDefinition, Subresource } from './resource-definition.ts';

export function statusOf(kind: string): Subresource {
  return { name: 'status', kind, verbs: ['get', 'patch', 'update'] };
}

const POD_SUBRESOURCES: readonly Subresource[] = [
  { name: 'binding', kind: 'Binding', verbs: ['create'] },
  { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  statusOf('Pod'),
];

const POD_FIELDS = selectable(
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'status.phase',
  'status.podIP',
  'status.nominatedNodeName',
);

export const CORE_KINDS: readonly ResourceDefinition[] = [
  define({
    kind: 'Namespace',
    resource: 'namespaces',
    clusterScoped: true,
    shortNames: ['ns'],
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }, statusOf('Namespace')],
    selectableFields: selectable('status.phase'),
    rules: {
      nameSyntax: 'dns-label',
      hasStatus: true,
      hasSpecFinalizers: true,
      returnsDeleted: true,
      applyDefaults: applyNamespaceDefaults,
      prepareCreate: prepareNamespace,
      prepareUpdate: (next, previous) => {
        next.spec = previous.spec ?? {};
      },
    },
  }),
  define({
    kind: 'Pod',
    resource: 'pods',
    shortNames: ['po'],
    categories: ['all'],
    subresources: POD_SUBRESOURCES,
    selectableFields: POD_FIELDS,
    rules: {
      hasStatus: true,
      hasGeneration: true,
      returnsDeleted: true,
      applyDefaults: applyPodDefaults,
      prepareCreate: preparePod,
      validate: validatePod,
      validateUpdate: validatePodUpdate,
      gracePeriodSeconds: podGracePeriod,
    },
  }),
  define({
    kind: 'Node',
    resource: 'nodes',
    clusterScoped: true,
    shortNames: ['no'],
    subresources: [statusOf('Node')],
    selectableFields: selectable('spec.unschedulable'),
    rules: { hasStatus: true, keepsStatusOnCreate: true },
  }),
  define({
    kind: 'Service',
    resource: 'services',
    shortNames: ['svc'],
    categories: ['all'],
    subresources: [statusOf('Service')],
    selectableFields: selectable('spec.clusterIP', 'spec.type'),
    rules: {
      nameSyntax: 'dns-label',
      hasStatus: true,
      returnsDeleted: true,
      applyDefaults: applyServiceDefaults,
      prepareCreate: prepareService,
      validate: validateService,
      validateUpdate: validateServiceUpdate,
    },
  }),
  define({ kind: 'ConfigMap', resource: 'configmaps', shortNames: ['cm'], rules: { validateUpdate: validateImmutableData } }),
  define({
    kind: 'Secret',
    resource: 'secrets',
    selectableFields: selectable('type'),
    rules: { applyDefaults: applySecretDefaults, validateUpdate: validateImmutableData },
  }),
  define({
    kind: 'ServiceAccount',
    resource: 'serviceaccounts',
    shortNames: ['sa'],
    subresources: [{ name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] }],
    rules: { returnsDeleted: true },
  }),
  CORE_EVENTS,
  NEW_EVENTS,
  define({
    kind: 'PodDisruptionBudget',
    group: 'policy',
    resource: 'poddisruptionbudgets',
    shortNames: ['pdb'],
    subresources: [statusOf('PodDisruptionBudget')],
    rules: { hasStatus: true, hasGeneration: true, allowsUnconditionalUpdate: false, validate: validateBudget },
  }),
  define({ kind: 'Lease', group: 'coordination.k8s.io', resource: 'leases', rules: { allowsUnconditionalUpdate: false } }),
  define({
    kind: 'HorizontalPodAutoscaler',
    group: 'autoscaling',
    versions: ['v2'],
    resource: 'horizontalpodautoscalers',
    shortNames: ['hpa'],
    categories: ['all'],
    subresources: [statusOf('HorizontalPodAutoscaler')],
    rules: { hasStatus: true, applyDefaults: applyAutoscalerDefaults, validate: validateAutoscaler },
  }),
];
