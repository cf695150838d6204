import { chmod, rename, writeFile } from 'node:fs/promises';
import { READY_MADE_USERS } from './users.ts';

export interface KubeconfigCluster {
  readonly name: string;
  /** Where its API server answers. */
  readonly url: string;
  /** PEM in base64. */
  readonly caData: string;
}

export interface Kubeconfig {
  readonly apiVersion: 'v1';
  readonly kind: 'Config';
  readonly clusters: readonly { name: string; cluster: { server: string; 'certificate-authority-data': string } }[];
  readonly users: readonly { name: string; user: { token: string } }[];
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[];
  readonly 'current-context': string;
}

/**
 * One context for each cluster, of the same name, as `user` (default the administrator). The other ready-made users
 * are in it too: `kubectl --context CLUSTER --user team-shop …`. They have no contexts of their own, since a program
 * that reads all contexts would take them for more clusters.
 */
export function kubeconfigFor(clusters: readonly KubeconfigCluster[], user = 'admin'): Kubeconfig {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: clusters.map(({ name, url, caData }) => ({ name, cluster: { server: url, 'certificate-authority-data': caData } })),
    users: READY_MADE_USERS.map(({ name, token }) => ({ name, user: { token } })),
    contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user } })),
    'current-context': clusters[0]?.name ?? '',
  };
}

/** JSON, which every reader of YAML reads. */
export function kubeconfigText(kubeconfig: Kubeconfig): string {
  return `${JSON.stringify(kubeconfig, undefined, 2)}\n`;
}

/** Replaces the file in one step; nobody but its owner may read it. */
export async function writeKubeconfig(path: string, kubeconfig: Kubeconfig): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, kubeconfigText(kubeconfig), { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
}
