import type { Principal } from '../auth/principal.ts';
import { projectorFor, WATCHED_RESOURCES } from '../fleet/projection/projectors.ts';
import { planWatches } from '../fleet/watch-plan.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { groupResourceOf, type Resource } from '../model/resource.ts';
import type { WorkloadKind, WorkloadRecord } from '../model/workload-record.ts';
import { WORKLOAD_RESOURCES } from '../model/workload-resources.ts';
import { refusalOf } from './api-refusal.ts';
import { noSuchCluster, notFound, unsupported } from './command-error.ts';
import { asCaller, CLUSTER_TIMEOUT_MS, type CommandDeps } from './command-runner.ts';
import type { CommandError, WorkloadTarget } from './commands.ts';
import type { OperationOutcome, OperationTarget } from './operation.ts';

/** A workload as its cluster has it now, read with the caller's own rights. */
export interface FetchedWorkload {
  readonly apiServer: ApiServer;
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly record: WorkloadRecord;
}

/** It was not to be had, or is not the one that was meant. */
export interface NotFetched {
  readonly outcome: OperationOutcome;
  readonly error: CommandError;
}

const PATH = ['input', 'workload'];

/** Never from a copy: what is decided here must be true now. */
export async function fetchWorkload(
  principal: Principal,
  { workload, expectedGeneration }: { readonly workload: WorkloadTarget; readonly expectedGeneration?: number },
  deps: CommandDeps,
): Promise<FetchedWorkload | NotFetched> {
  const { cluster, namespace, name } = workload;
  const apiServer = deps.apiServer(cluster);
  if (apiServer === undefined) return refused(noSuchCluster(cluster, PATH));
  try {
    const resource = await resourceOf(workload, apiServer, deps);
    if (resource === undefined)
      return refused(unsupported(PATH, `cluster ${cluster} serves no ${WORKLOAD_RESOURCES[workload.workloadKind]}`));
    const object = await apiServer.get(resource, { namespace, name }, asCaller(principal));
    const record = recordOfObject(object, workload);
    const mismatch = uidMismatch(workload, record) ?? generationMismatch(expectedGeneration, record);
    return mismatch === undefined ? { apiServer, resource, object, record } : refused(mismatch);
  } catch (error) {
    return refusalOf(error, cluster, PATH);
  }
}

export function recordOfObject(
  object: KubeObject,
  { cluster, workloadKind }: { readonly cluster: string; readonly workloadKind: WorkloadKind },
): WorkloadRecord {
  return projectorFor(WORKLOAD_RESOURCES[workloadKind])?.(object, cluster) as WorkloadRecord;
}

/** As far as the copy knows: for the books, before the cluster is asked. */
export function targetFromName({ cluster, workloadKind, namespace, name, uid }: WorkloadTarget, { store }: CommandDeps): OperationTarget {
  const resource = WORKLOAD_RESOURCES[workloadKind];
  const known = store.cluster(cluster)?.workloads(workloadKind).get(namespace, name);
  const watched = WATCHED_RESOURCES.find((candidate) => candidate.resource === resource);
  const group = resource.slice(resource.indexOf('.') + 1);
  const apiVersion = known?.apiVersion ?? `${group}/${watched?.versions[0] ?? 'v1'}`;
  const someUid = uid ?? known?.uid;
  return { cluster, resource, apiVersion, kind: watched?.kind ?? '', namespace, name, ...(someUid !== undefined && { uid: someUid }) };
}

/** At the version that we read it at; a cluster never heard of is asked what it serves. */
async function resourceOf(
  { cluster, workloadKind }: WorkloadTarget,
  apiServer: ApiServer,
  { served }: CommandDeps,
): Promise<Resource | undefined> {
  const wanted = WATCHED_RESOURCES.filter(({ resource }) => resource === WORKLOAD_RESOURCES[workloadKind]);
  const known = planWatches(served(cluster), wanted)[0];
  if (known !== undefined) return known;
  const discovered = await apiServer.discover({ timeoutMs: CLUSTER_TIMEOUT_MS });
  return planWatches(discovered, wanted).find((resource) => groupResourceOf(resource) === WORKLOAD_RESOURCES[workloadKind]);
}

function uidMismatch({ uid, name, cluster }: WorkloadTarget, record: WorkloadRecord): CommandError | undefined {
  if (uid === undefined || uid === record.uid) return undefined;
  return notFound(PATH, `the ${record.kind} that was named is gone from cluster ${cluster}; there is another one called ${name}`);
}

function generationMismatch(expected: number | undefined, { kind, name, generation }: WorkloadRecord): CommandError | undefined {
  if (expected === undefined || expected === generation) return undefined;
  return {
    type: 'ConflictError',
    code: 'GENERATION_MISMATCH',
    message: `${kind} ${name} has generation ${generation}, not ${expected}: somebody changed it`,
    path: ['input', 'expectedGeneration'],
    unblock: [],
    currentGeneration: generation,
  };
}

function refused(error: CommandError): NotFetched {
  return { outcome: 'REFUSED', error };
}
