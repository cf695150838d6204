import { STAGE_LABEL } from '../../../model/cluster.ts';
import type { ClusterStore } from '../../../store/graph-store.ts';
import { defineConnection } from '../../connection-type.ts';
import { defineFilter, enumField, stringField, versionField } from '../../filters.ts';
import { defineOrder } from '../../orders.ts';
import { Cluster } from '../../refs.ts';
import { versionSortValue } from '../../versions.ts';
import { syncStateFilter } from './cluster.enums.ts';

export const ClusterConnection = defineConnection('Cluster', Cluster, 'clusters');

export const stageOf = ({ record }: ClusterStore): string | undefined => record.labels[STAGE_LABEL];

export const clusterFilter = defineFilter<ClusterStore>('Cluster', {
  name: stringField({ description: 'Registered name.' }, ({ record }) => record.name),
  stage: stringField({ description: 'Value of the label `fleetgraph.io/stage`.' }, stageOf),
  syncState: enumField(syncStateFilter, { description: 'How true the copy is.' }, ({ record }) => record.sync.state),
  kubernetesVersion: versionField({ description: 'Version of the API server.' }, ({ record }) => record.kubernetesVersion),
});

export const clusterOrder = defineOrder<ClusterStore>('Cluster', {
  fields: {
    NAME: { description: 'Registered name.', of: ({ record }) => record.name },
    STAGE: { description: 'Value of the label `fleetgraph.io/stage`.', of: stageOf },
    KUBERNETES_VERSION: {
      description: 'Version of the API server, by semantic version.',
      of: ({ record }) => versionSortValue(record.kubernetesVersion),
    },
  },
  key: [({ record }) => record.name],
  keyText: 'name',
});
