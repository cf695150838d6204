import type { ClusterStore } from '../store/graph-store.ts';
import { onlyCluster } from './cluster-scope.ts';
import { componentNamed, visibleInstances } from './components.ts';
import type { GraphContext } from './context.ts';
import { type GlobalId, parseGlobalId } from './global-id.ts';
import { type MaybePromise, whenReady } from './maybe-promise.ts';
import { seesOperation } from './operations.ts';
import type { NodeRow } from './refs.ts';
import { visibleRun } from './runs.ts';
import { EVENTS } from './shelves.ts';

/** What a global id names, as far as the viewer may see it. Undefined for what is none, is gone or is hidden: not told apart. */
export function nodeById(ctx: GraphContext, id: string): MaybePromise<NodeRow | undefined> {
  const parsed = parseGlobalId(id);
  return parsed === undefined ? undefined : lookUp(ctx, parsed);
}

type ObjectId = Extract<GlobalId, { readonly type: 'object' }>;

function lookUp(ctx: GraphContext, id: GlobalId): MaybePromise<NodeRow | undefined> {
  switch (id.type) {
    case 'cluster':
      return ctx.visible.cluster(id.name);
    case 'object':
      return whenReady(ctx.visible.cluster(id.cluster), (cluster) => cluster && objectIn(ctx, cluster, id));
    case 'operation':
      return operationById(ctx, id.id);
    case 'rollout':
      return visibleRun(ctx, id.id, 'get');
    case 'component':
      return componentNamed(ctx, id.name);
    case 'instance':
      return instanceById(ctx, id);
  }
}

function operationById(ctx: GraphContext, id: string): MaybePromise<NodeRow | undefined> {
  const operation = ctx.operations.get(id);
  return operation && whenReady(seesOperation(ctx, operation), (sees) => (sees ? operation : undefined));
}

type InstanceId = Extract<GlobalId, { readonly type: 'instance' }>;

function instanceById(ctx: GraphContext, { component, cluster: name, namespace, instance }: InstanceId): MaybePromise<NodeRow | undefined> {
  return whenReady(ctx.visible.cluster(name), (cluster) => {
    if (cluster === undefined) return undefined;
    const visible = visibleInstances(ctx, onlyCluster(cluster), component);
    return whenReady(visible, ({ instances }) => instances.find((each) => each.namespace === namespace && each.instance === instance));
  });
}

function objectIn(
  ctx: GraphContext,
  cluster: ClusterStore,
  { resource, namespace, name, uid }: ObjectId,
): MaybePromise<NodeRow | undefined> {
  if (resource === EVENTS) return eventIn(ctx, cluster, namespace, uid);
  const object = cluster.byUid(resource, uid);
  return object?.namespace === namespace && object.name === name ? ctx.visible.one(cluster, object) : undefined;
}

function eventIn(ctx: GraphContext, cluster: ClusterStore, namespace: string, uid: string): MaybePromise<NodeRow | undefined> {
  const event = Iterator.from(cluster.events.all()).find((each) => each.uid === uid && each.namespace === namespace);
  return event && whenReady(ctx.visible.sees(cluster, EVENTS, 'get', namespace), (sees) => (sees ? event : undefined));
}
