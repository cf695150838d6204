import { matchesLabels } from '../../../model/label-selector.ts';
import type { NodeRecord } from '../../../model/node-record.ts';
import { builder } from '../../builder.ts';
import { namesInScope } from '../../cluster-scope.ts';
import { ClusterNode } from '../../refs.ts';
import { NODE_ROWS } from '../../stream-rows.ts';
import { openStream } from '../../streams.ts';
import { clustersArg, filterArg, labelSelectorArg } from '../lists.ts';
import { defineStream, streamArgs } from '../stream/stream.type.ts';
import { clusterNodeFilter } from './node.list.ts';

const ClusterNodeStream = defineStream('ClusterNode', 'clusterNode', ClusterNode);

builder.subscriptionField('clusterNodeChanges', (t) =>
  t.field({
    type: ClusterNodeStream,
    description: 'Nodes as they come, change and go.',
    args: { ...clustersArg, ...filterArg(clusterNodeFilter), ...labelSelectorArg, ...streamArgs },
    subscribe: (_root, { clusters, filter, labelSelector, ...args }, ctx) => {
      const { matches } = clusterNodeFilter.compile(filter);
      return openStream<NodeRecord>(
        ctx,
        {
          source: NODE_ROWS,
          clustersInScope: namesInScope(ctx.store, clusters),
          matches: (node) => (labelSelector == null || matchesLabels(labelSelector, node.labels)) && matches(node, ctx),
          binding: ['clusterNodeChanges', clusters, filter, labelSelector],
        },
        args,
      );
    },
    resolve: (message) => message,
  }),
);
