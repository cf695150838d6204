import type { JsonObject } from '../model/kube-object.ts';
import type { ClusterAddress } from './https-server.ts';

export interface KubeconfigUser {
  readonly name: string;
  readonly token: string;
}

/**
 * A kubeconfig for these clusters, as an object whose JSON is a valid file. For the first user each context is
 * named as its cluster, for every further one "USER@CLUSTER".
 */
export function kubeconfigOf(clusters: readonly ClusterAddress[], users: readonly KubeconfigUser[]): JsonObject {
  const contexts = users.flatMap(({ name: user }, at) =>
    clusters.map(({ name: cluster }) => ({ name: at === 0 ? cluster : `${user}@${cluster}`, context: { cluster, user } })),
  );
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contexts[0]?.name ?? '',
    clusters: clusters.map(({ name, server, caData }) => ({ name, cluster: { server, 'certificate-authority-data': caData } })),
    contexts,
    users: users.map(({ name, token }) => ({ name, user: { token } })),
  };
}
