import { COMPONENT_LABEL } from '../model/cluster.ts';
import { labelOf } from '../model/labels.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import { WORKLOAD_KINDS, type WorkloadKind, type WorkloadRecord } from '../model/workload-record.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { imageOf, versionOf } from './component-version.ts';
import type { WorkloadStatus } from './workload-state.ts';

const INSTANCE_LABEL = 'app.kubernetes.io/instance';

export type ComponentKind = 'CONTROL_PLANE' | 'ADDON' | 'OPERATOR' | 'DATA_PLANE';
export type ComponentState = 'HEALTHY' | 'UPGRADING' | 'STUCK' | 'DEGRADED' | 'UNKNOWN';

/** One installation of a component in one cluster. Two in a namespace are told apart by their instance label. */
export interface ComponentInstance {
  readonly cluster: string;
  /** Name of the component, the same in every cluster. */
  readonly component: string;
  readonly namespace: string;
  /** Label app.kubernetes.io/instance, else the component's name. */
  readonly instance: string;
  /** The one whose image is the version. */
  readonly workload: WorkloadRecord;
  /** All of them, the main one first. */
  readonly workloads: readonly WorkloadRecord[];
  readonly version?: string;
  readonly image?: string;
}

/**
 * The component that a workload belongs to: label app.kubernetes.io/name; in kube-system, where installers
 * leave that label out, else the workload's own name.
 */
export function componentNameOf(workload: ObjectRecord): string | undefined {
  const label = labelOf(workload.labels, COMPONENT_LABEL);
  if (label !== undefined && label !== '') return label;
  return workload.namespace === 'kube-system' ? workload.name : undefined;
}

/** Identifies an instance within its cluster. */
function instanceKeyOf(workload: ObjectRecord): string | undefined {
  const component = componentNameOf(workload);
  return component && [component, workload.namespace, instanceNameOf(workload, component)].join('/');
}

/** Instances in one cluster, of one component or of all; by name, namespace and instance. */
export function componentInstances(cluster: ClusterStore, component?: string): readonly ComponentInstance[] {
  return instancesOf(workloadsOf(cluster), component);
}

export function instancesOf(workloads: Iterable<WorkloadRecord>, component?: string): readonly ComponentInstance[] {
  const groups = new Map<string, WorkloadRecord[]>();
  for (const workload of workloads) {
    const key = instanceKeyOf(workload);
    if (key === undefined || (component !== undefined && componentNameOf(workload) !== component)) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [workload]);
    else group.push(workload);
  }
  return [...groups].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, group]) => instanceOf(group));
}

/** The instance that the workload belongs to, with its siblings in the same namespace. */
export function componentInstanceOf(cluster: ClusterStore, workload: WorkloadRecord): ComponentInstance | undefined {
  const key = instanceKeyOf(workload);
  if (key === undefined) return undefined;
  const siblings: WorkloadRecord[] = [];
  for (const kind of WORKLOAD_KINDS) {
    for (const other of cluster.workloads(kind).inNamespace(workload.namespace)) if (instanceKeyOf(other) === key) siblings.push(other);
  }
  return siblings.length === 0 ? undefined : instanceOf(siblings);
}

export function* workloadsOf(cluster: ClusterStore): Generator<WorkloadRecord> {
  for (const kind of WORKLOAD_KINDS) yield* cluster.workloads(kind).all();
}

/** The worst of what its workloads do. A workload that is stuck at its final revision is not being upgraded. */
export function componentState(statuses: readonly WorkloadStatus[]): ComponentState {
  if (statuses.some((status) => status.state === 'STUCK' && isMoving(status))) return 'STUCK';
  if (statuses.some((status) => status.state === 'STUCK' || (status.state === 'COMPLETE' && status.causes.length > 0))) return 'DEGRADED';
  if (statuses.some(({ state }) => state !== 'COMPLETE' && state !== 'UNKNOWN')) return 'UPGRADING';
  return statuses.length === 0 || statuses.some(({ state }) => state === 'UNKNOWN') ? 'UNKNOWN' : 'HEALTHY';
}

/** Of a component, from all its instances. */
export function componentKindOf(name: string, instances: readonly ComponentInstance[]): ComponentKind {
  if (instances.some(({ namespace }) => namespace === 'kube-system') && CONTROL_PLANE_NAMES.has(name)) return 'CONTROL_PLANE';
  if (instances.some((instance) => isOperator(name, instance.workload))) return 'OPERATOR';
  return instances.some(({ workload }) => isDaemonKind(workload.workloadKind)) ? 'DATA_PLANE' : 'ADDON';
}

const CONTROL_PLANE_NAMES: ReadonlySet<string> = new Set([
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'cloud-controller-manager',
  'etcd',
  'konnectivity-server',
]);

/** Kubebuilder marks what it makes with the second. */
const OPERATOR_LABELS = ['app.kubernetes.io/component', 'control-plane'];

function isOperator(name: string, workload: WorkloadRecord): boolean {
  if (saysOperator(name) || saysOperator(workload.name)) return true;
  return OPERATOR_LABELS.some((key) => saysOperator(labelOf(workload.labels, key) ?? ''));
}

function saysOperator(text: string): boolean {
  return text.includes('operator') || text.includes('controller-manager');
}

function isDaemonKind(kind: WorkloadKind): boolean {
  return kind === 'DAEMON_SET' || kind === 'ADVANCED_DAEMON_SET';
}

function isMoving({ currentRevision, updateRevision }: WorkloadStatus): boolean {
  return updateRevision === undefined || currentRevision !== updateRevision;
}

function instanceNameOf(workload: ObjectRecord, component: string): string {
  return labelOf(workload.labels, INSTANCE_LABEL) || component;
}

function instanceOf(group: readonly WorkloadRecord[]): ComponentInstance {
  const [main, ...others] = group.toSorted(byImportance) as [WorkloadRecord, ...WorkloadRecord[]];
  const component = componentNameOf(main) ?? main.name;
  const version = versionOf(main, component);
  const image = imageOf(main, component)?.image;
  return {
    cluster: main.cluster,
    component,
    namespace: main.namespace,
    instance: instanceNameOf(main, component),
    workload: main,
    workloads: [main, ...others],
    ...(version !== undefined && { version }),
    ...(image !== undefined && { image }),
  };
}

/** The one named like the component or its installation, then what serves before what runs on nodes, then the shortest name. */
function byImportance(a: WorkloadRecord, b: WorkloadRecord): number {
  return (
    nameRank(a) - nameRank(b) ||
    WORKLOAD_KINDS.indexOf(a.workloadKind) - WORKLOAD_KINDS.indexOf(b.workloadKind) ||
    a.name.length - b.name.length ||
    (a.name < b.name ? -1 : 1)
  );
}

function nameRank(workload: WorkloadRecord): number {
  const component = componentNameOf(workload) ?? '';
  const instance = instanceNameOf(workload, component);
  if (workload.name === component || workload.name === instance) return 0;
  return workload.name === `${instance}-${component}` ? 1 : 2;
}
