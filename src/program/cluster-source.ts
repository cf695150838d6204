import type { ClusterSourceConfig } from '../config/serve-config.ts';
import type { ClusterDefinition } from '../fleet/cluster-definition.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { Logger } from '../runtime/logger.ts';
import { realClusters } from './real-clusters.ts';
import type { ProgramRuntime } from './runtime.ts';
import { simulatedClusters } from './simulated-clusters.ts';

/** Clusters to show, and what comes with where they come from. Disposing ends what was started for them. */
export interface OpenSource extends AsyncDisposable {
  readonly definitions: readonly ClusterDefinition[];
  /** Who the gateway's own calls go as, where a person would recognise it; undefined when contexts differ. */
  readonly writer?: string;
  /** The ready-made users of a simulation and their tokens. */
  readonly tokens: Readonly<Record<string, string>>;
  /**
   * A connection of its own to a cluster that the source knows, shown or not; whoever asked closes it. Undefined:
   * there is no cluster of that name.
   */
  connect(name: string): Promise<ApiServer | undefined>;
  /** Writes the kubeconfig of a simulation; undefined for real clusters. */
  readonly writeKubeconfig?: (path: string) => Promise<void>;
}

export interface SourceOptions {
  readonly runtime: ProgramRuntime;
  readonly logger: Logger;
  /** In token-review mode a simulation is read by the gateway's own account. */
  readonly auth: 'local' | 'token-review';
  /** Where simulated clusters are kept; absent: in memory. */
  readonly dataDir?: string;
  readonly labelsOf: (cluster: string) => Readonly<Record<string, string>>;
}

export function openSource(config: ClusterSourceConfig, options: SourceOptions): Promise<OpenSource> {
  return config.kind === 'simulated' ? simulatedClusters(config.fleet, options) : realClusters(config, options);
}
