import type { NodeRecord } from '../../../model/node-record.ts';
import { defineConnection } from '../../connection-type.ts';
import { booleanField, defineFilter, stringField, versionField } from '../../filters.ts';
import { defineOrder } from '../../orders.ts';
import { ClusterNode } from '../../refs.ts';

export const ClusterNodeConnection = defineConnection('ClusterNode', ClusterNode, 'nodes');

export const clusterNodeFilter = defineFilter<NodeRecord>('ClusterNode', {
  name: stringField({ description: 'Name of the node.' }, ({ name }) => name),
  ready: booleanField({ description: 'Whether the node is ready.' }, ({ ready }) => ready),
  unschedulable: booleanField({ description: 'Whether the node is cordoned.' }, ({ unschedulable }) => unschedulable),
  nodeSet: stringField({ description: 'Name of the node set that it belongs to.' }, ({ nodeSet }) => nodeSet),
  kubeletVersion: versionField({ description: 'Version of its kubelet.' }, ({ kubeletVersion }) => kubeletVersion),
});

const clusterNodeOrder = defineOrder<NodeRecord>('ClusterNode', {
  fields: {
    CLUSTER: { description: 'Name of the cluster.', of: ({ cluster }) => cluster },
    NAME: { description: 'Name of the node.', of: ({ name }) => name },
    CREATED_AT: { description: 'When the node joined.', of: ({ createdAt }) => createdAt },
  },
  key: [({ cluster }) => cluster, ({ name }) => name, ({ uid }) => uid],
  keyText: 'cluster, name, uid',
});

export const clusterNodeList = { filter: clusterNodeFilter, order: clusterNodeOrder };
