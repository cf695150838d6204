/**
 * OpenKruise's workloads as CustomResourceDefinitions, with open schemas: create them to install OpenKruise in a
 * cluster. Names, scale paths and columns are those of openkruise/kruise v1.8.3.
 */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';

const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const OPEN_SCHEMA = { openAPIV3Schema: { type: 'object', properties: { spec: OPEN, status: OPEN } } };
const SCALE = { labelSelectorPath: '.status.labelSelector', specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };

interface Column {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
}

const integer = (name: string, jsonPath: string): Column => ({ name, type: 'integer', jsonPath });
const wide = (name: string, jsonPath: string): Column => ({ name, type: 'string', jsonPath, priority: 1 });
const LAST_COLUMNS: readonly Column[] = [
  { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  wide('CONTAINERS', '.spec.template.spec.containers[*].name'),
  wide('IMAGES', '.spec.template.spec.containers[*].image'),
];

const CLONE_SET_COLUMNS: readonly Column[] = [
  integer('DESIRED', '.spec.replicas'),
  integer('UPDATED', '.status.updatedReplicas'),
  integer('UPDATED_READY', '.status.updatedReadyReplicas'),
  integer('UPDATED_AVAILABLE', '.status.updatedAvailableReplicas'),
  integer('READY', '.status.readyReplicas'),
  integer('TOTAL', '.status.replicas'),
  ...LAST_COLUMNS,
  wide('SELECTOR', '.status.labelSelector'),
];

const STATEFUL_SET_COLUMNS: readonly Column[] = [
  integer('DESIRED', '.spec.replicas'),
  integer('CURRENT', '.status.replicas'),
  integer('UPDATED', '.status.updatedReplicas'),
  integer('READY', '.status.readyReplicas'),
  ...LAST_COLUMNS,
];

const DAEMON_SET_COLUMNS: readonly Column[] = [
  integer('DESIRED', '.status.desiredNumberScheduled'),
  integer('CURRENT', '.status.currentNumberScheduled'),
  integer('READY', '.status.numberReady'),
  integer('UP-TO-DATE', '.status.updatedNumberScheduled'),
  integer('AVAILABLE', '.status.numberAvailable'),
  ...LAST_COLUMNS,
];

interface KruiseKind {
  readonly kind: string;
  readonly shortNames: readonly string[];
  /** The last one is the storage version. */
  readonly versions: readonly string[];
  readonly columns: readonly Column[];
  readonly hasScale: boolean;
}

const KINDS: readonly KruiseKind[] = [
  { kind: 'CloneSet', shortNames: ['clone'], versions: ['v1alpha1'], columns: CLONE_SET_COLUMNS, hasScale: true },
  { kind: 'StatefulSet', shortNames: ['sts', 'asts'], versions: ['v1alpha1', 'v1beta1'], columns: STATEFUL_SET_COLUMNS, hasScale: true },
  { kind: 'DaemonSet', shortNames: ['daemon', 'ads'], versions: ['v1alpha1'], columns: DAEMON_SET_COLUMNS, hasScale: false },
];

/** Fresh objects, the caller's own: CloneSet, Advanced StatefulSet, Advanced DaemonSet. */
export function kruiseCustomResourceDefinitions(): KubeObject[] {
  return KINDS.map(definitionOf);
}

function definitionOf({ kind, shortNames, versions, columns, hasScale }: KruiseKind): KubeObject {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  const version = (name: string): JsonObject => ({
    name,
    served: true,
    storage: name === versions.at(-1),
    schema: structuredClone(OPEN_SCHEMA),
    subresources: { status: {}, ...(hasScale && { scale: { ...SCALE } }) },
    additionalPrinterColumns: columns.map((column) => ({ ...column })),
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.apps.kruise.io` },
    spec: {
      group: 'apps.kruise.io',
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames: [...shortNames] },
      versions: versions.map(version),
    },
  };
}
