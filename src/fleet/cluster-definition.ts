import type { ApiServer } from '../kube/api-server.ts';
import type { ClusterSource } from '../model/cluster.ts';

/** A cluster to be shown. `name` is unique over all sources. */
export interface ClusterDefinition {
  readonly name: string;
  readonly source: ClusterSource;
  readonly labels: Readonly<Record<string, string>>;
  /** The way to it, with our own rights. Owned by the fleet from registration on: closed when the cluster leaves. */
  readonly apiServer: ApiServer;
}
