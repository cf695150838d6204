import type { UserName } from '../controlplane/accounts.ts';
import type { ClusterClient } from '../controlplane/cluster-client.ts';
import type { KubeThing } from './kubectl-view.ts';
import { kindNames, sixKinds } from './six-kinds.ts';

/** Kinds in namespaces that the gateway shows, by the path of their collection. */
const workloadPaths = kindNames.map((kindName) => {
  const { apiVersion, resource } = sixKinds[kindName];
  return `/apis/${apiVersion}/NAMESPACED/${resource.split('.')[0]}`;
});

/** Uids of what the API server itself lists for a token; a refusal is nothing. */
export async function listedFor(cluster: ClusterClient, user: UserName, path: string): Promise<string[]> {
  const response = await cluster.request('GET', path, undefined, { user });
  if (response.status === 403) return [];
  if (!response.isOk) throw new Error(`${cluster.name}: GET ${path} as ${user}: ${response.status} ${response.text}`);
  return response.json<{ items: KubeThing[] }>().items.map(({ metadata }) => metadata.uid);
}

export interface Listed {
  readonly pods: string[];
  readonly workloads: string[];
  readonly events: string[];
}

/** All that a token lists in one namespace. */
export async function listedInNamespace(cluster: ClusterClient, user: UserName, namespace: string): Promise<Listed> {
  const inNamespace = (path: string) => listedFor(cluster, user, path.replace('NAMESPACED', `namespaces/${namespace}`));
  const [pods, events, ...workloads] = await Promise.all(
    ['/api/v1/NAMESPACED/pods', '/api/v1/NAMESPACED/events', ...workloadPaths].map(inNamespace),
  );
  return { pods: pods ?? [], workloads: workloads.flat(), events: events ?? [] };
}

export async function namespacesOf(cluster: ClusterClient): Promise<string[]> {
  const { items } = await cluster.get<{ items: KubeThing[] }>('/api/v1/namespaces');
  return items.map(({ metadata }) => metadata.name);
}

/** kubectl with the token of a user, as that user would run it; undefined when the API server refuses. */
export async function kubectlAs(
  cluster: ClusterClient,
  kubeconfigPath: string,
  user: UserName,
  ...args: string[]
): Promise<string | undefined> {
  try {
    return await cluster.kubectl('--kubeconfig', kubeconfigPath, '--context', cluster.name, '--user', user, ...args);
  } catch (error) {
    if (String(error).includes('(Forbidden)')) return undefined;
    throw error;
  }
}
