import type { GroupResource } from './resource.ts';
import type { WorkloadKind } from './workload-record.ts';

/** Where each of the six kinds is served. */
export const WORKLOAD_RESOURCES: Readonly<Record<WorkloadKind, GroupResource>> = {
  DEPLOYMENT: 'deployments.apps',
  STATEFUL_SET: 'statefulsets.apps',
  DAEMON_SET: 'daemonsets.apps',
  CLONE_SET: 'clonesets.apps.kruise.io',
  ADVANCED_STATEFUL_SET: 'statefulsets.apps.kruise.io',
  ADVANCED_DAEMON_SET: 'daemonsets.apps.kruise.io',
};

const KIND_NAMES: Readonly<Record<WorkloadKind, { readonly group: string; readonly kind: string }>> = {
  DEPLOYMENT: { group: 'apps', kind: 'Deployment' },
  STATEFUL_SET: { group: 'apps', kind: 'StatefulSet' },
  DAEMON_SET: { group: 'apps', kind: 'DaemonSet' },
  CLONE_SET: { group: 'apps.kruise.io', kind: 'CloneSet' },
  ADVANCED_STATEFUL_SET: { group: 'apps.kruise.io', kind: 'StatefulSet' },
  ADVANCED_DAEMON_SET: { group: 'apps.kruise.io', kind: 'DaemonSet' },
};

const KIND_BY_NAME = new Map<string, WorkloadKind>(
  (Object.keys(KIND_NAMES) as WorkloadKind[]).map((kind) => [`${KIND_NAMES[kind].kind}.${KIND_NAMES[kind].group}`, kind]),
);

/** The workload kind that an owner reference names, whatever the version; undefined for any other kind. */
export function workloadKindOf(reference: { readonly apiVersion: string; readonly kind: string }): WorkloadKind | undefined {
  const slash = reference.apiVersion.indexOf('/');
  return slash < 0 ? undefined : KIND_BY_NAME.get(`${reference.kind}.${reference.apiVersion.slice(0, slash)}`);
}
