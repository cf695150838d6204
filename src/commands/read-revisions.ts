import type { Principal } from '../auth/principal.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { asCaller } from './command-runner.ts';
import type { FetchedWorkload } from './fetch-workload.ts';

const REPLICA_SETS: Resource = { group: 'apps', version: 'v1', resource: 'replicasets', kind: 'ReplicaSet', namespaced: true };
const CONTROLLER_REVISIONS: Resource = {
  group: 'apps',
  version: 'v1',
  resource: 'controllerrevisions',
  kind: 'ControllerRevision',
  namespaced: true,
};

/** The workload's ReplicaSets or ControllerRevisions, whole, with the caller's own rights. Throws `ApiError`. */
export async function readRevisions(principal: Principal, { apiServer, object, record }: FetchedWorkload): Promise<KubeObject[]> {
  const resource = record.workloadKind === 'DEPLOYMENT' ? REPLICA_SETS : CONTROLLER_REVISIONS;
  const options = { ...asCaller(principal), namespace: record.namespace, labelSelector: record.selector, limit: 500 };
  const owned: KubeObject[] = [];
  let page = await apiServer.list(resource, options);
  for (;;) {
    owned.push(...page.items.filter((item) => isOwnedBy(item, object.metadata.uid)));
    if (!page.continue) return owned;
    page = await apiServer.list(resource, { ...options, continue: page.continue });
  }
}

function isOwnedBy({ metadata }: KubeObject, uid: string | undefined): boolean {
  return metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;
}
