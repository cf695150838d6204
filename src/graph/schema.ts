import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './modules/resource/resource.type.ts';
import './modules/resource/resource.queries.ts';
import './modules/viewer/viewer.queries.ts';
import './modules/cluster/cluster.type.ts';
import './modules/cluster/cluster.queries.ts';
import './modules/cluster/cluster.subscriptions.ts';
import './modules/node/node.type.ts';
import './modules/node/node.queries.ts';
import './modules/node/node.subscriptions.ts';
import './modules/workload/workload.type.ts';
import './modules/workload/workload.queries.ts';
import './modules/workload/workload.subscriptions.ts';
import './modules/revision/revision.type.ts';
import './modules/pod/pod.type.ts';
import './modules/pod/pod.queries.ts';
import './modules/pod/pod.subscriptions.ts';
import './modules/pod/pod.mutations.ts';
import './modules/pod-counts/pod-counts.queries.ts';
import './modules/operation/operation.type.ts';
import './modules/operation/operation.queries.ts';
import './modules/workload/workload.mutations.ts';
import './modules/workload/workload-wait.subscriptions.ts';
import './modules/rollout/rollout.type.ts';
import './modules/rollout/rollout.queries.ts';
import './modules/rollout/rollout.mutations.ts';
import './modules/rollout/rollouts-command.mutations.ts';
import './modules/rollout/rollout-start.mutations.ts';
import './modules/rollout/rollout.subscriptions.ts';
import './modules/rollout/rollout-wait.subscriptions.ts';
import './modules/component/component.type.ts';
import './modules/component/component.queries.ts';
import './modules/fleet/fleet.queries.ts';
import './modules/event/event.type.ts';
import './modules/event/event.queries.ts';
import './modules/event/event.subscriptions.ts';

let schema: GraphQLSchema | undefined;

/** The whole schema, built once: types are shared by everything that imports them. */
export function buildSchema(): GraphQLSchema {
  schema ??= builder.toSchema();
  return schema;
}
