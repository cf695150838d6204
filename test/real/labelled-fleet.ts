import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { GatewayProcess } from './gateway.ts';

export const stages: Readonly<Record<string, string>> = { 'cluster-1': 'canary', 'cluster-2': 'production' };

export const clusterLabels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'cluster-1': { 'fleetgraph.io/stage': 'canary', tier: 'edge' },
  'cluster-2': { 'fleetgraph.io/stage': 'production', tier: 'core' },
};

/** The two shared clusters with the labels that the example documents select by. */
export class LabelledFleet {
  readonly first: ClusterClient;
  readonly second: ClusterClient;
  readonly #kubeconfigPath: string;

  constructor() {
    const controlPlane = sharedControlPlane();
    this.first = controlPlane.cluster('cluster-1');
    this.second = controlPlane.cluster('cluster-2');
    this.#kubeconfigPath = controlPlane.kubeconfigPath;
  }

  get both(): readonly [ClusterClient, ClusterClient] {
    return [this.first, this.second];
  }

  /** In local mode, as the administrator. */
  startGateway(): Promise<GatewayProcess> {
    return GatewayProcess.start({ kubeconfigPath: this.#kubeconfigPath, clusterLabels });
  }

  /** The same name in both clusters, with pods allowed in it. */
  async createNamespace(name: string): Promise<void> {
    await Promise.all(
      this.both.map(async (cluster) => {
        await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
        await cluster.untilPodsAllowed(name);
      }),
    );
  }

  async deleteNamespace(name: string): Promise<void> {
    for (const cluster of this.both) await cluster.kubectl('delete', 'namespace', name, '--wait=false');
  }
}
