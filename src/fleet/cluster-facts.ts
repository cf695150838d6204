import { INTERRUPTED, type Interrupted, interruptible } from '../informer/interruptible.ts';
import { ApiError, isApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { Resource } from '../model/resource.ts';

/** What a cluster says about itself. */
export interface ClusterFacts {
  readonly kubernetesVersion: string;
  /** Every kind at every served version. */
  readonly served: readonly Resource[];
  /** The uid of kube-system; absent when we may not read it. */
  readonly systemUid?: string;
}

export const NAMESPACES: Resource = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false };

/** Throws `ApiError`. */
export async function readFacts(apiServer: ApiServer, timeoutMs: number, signal: AbortSignal): Promise<ClusterFacts | Interrupted> {
  const options = { signal, timeoutMs };
  const answers = await interruptible(
    Promise.all([apiServer.version(options), apiServer.discover(options), readSystemUid(apiServer, timeoutMs, signal)]),
    signal,
  );
  if (answers === INTERRUPTED) return INTERRUPTED;
  const [version, served, systemUid] = answers;
  if (served.length === 0) throw new ApiError('server-error', 'the cluster serves no kinds at all', { reason: 'NothingServed' });
  return { kubernetesVersion: version.gitVersion, served, ...(systemUid !== undefined && { systemUid }) };
}

async function readSystemUid(apiServer: ApiServer, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
  try {
    const namespace = await apiServer.get(NAMESPACES, { name: 'kube-system' }, { signal, timeoutMs });
    return namespace.metadata.uid;
  } catch (error) {
    if (isApiError(error, 'forbidden', 'not-found')) return undefined;
    throw error;
  }
}
