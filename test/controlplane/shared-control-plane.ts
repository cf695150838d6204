import { inject } from 'vitest';
import type { Tokens } from './accounts.ts';
import { ClusterClient } from './cluster-client.ts';
import { type ControlPlaneDescription, clusterNamed, type KubeconfigOptions } from './control-plane.ts';
import { writeKubeconfigFile } from './kubeconfig.ts';

/** The control plane that `global-setup.ts` keeps up for the whole run: use namespaces of your own in it, and stop nothing. */
export class SharedControlPlane {
  readonly clusters: readonly ClusterClient[];
  readonly tokens: Tokens;
  readonly kubeconfigPath: string;

  constructor(description: ControlPlaneDescription) {
    this.clusters = description.clusters.map((cluster) => new ClusterClient(cluster));
    this.tokens = description.tokens;
    this.kubeconfigPath = description.kubeconfigPath;
  }

  cluster(name: string): ClusterClient {
    return clusterNamed(this.clusters, name);
  }

  /** A kubeconfig of all clusters (context name = cluster name) that holds the token of `user` and no other. */
  async writeKubeconfig({ user, path }: KubeconfigOptions): Promise<void> {
    await writeKubeconfigFile(path, this.clusters, [{ name: user, user: { token: this.tokens[user] } }]);
  }
}

export function sharedControlPlane(): SharedControlPlane {
  return new SharedControlPlane(inject('controlPlane'));
}
