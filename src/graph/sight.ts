import { isVisible, type ReadVerb } from '../auth/access.ts';
import { unreachable } from '../commands/command-error.ts';
import type { CommandError } from '../commands/commands.ts';
import type { GroupResource } from '../model/resource.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import type { GraphContext } from './context.ts';
import { type MaybePromise, whenReady } from './maybe-promise.ts';

/** "unknown": the cluster did not say. Who names an object is told so: it may be there, and theirs to see. */
export type Sight = 'seen' | 'hidden' | 'unknown';

interface Place {
  readonly cluster: string;
  readonly resource: GroupResource;
  readonly namespace: string;
}

/** May the viewer see objects of this kind there? */
export function sightOf(ctx: GraphContext, place: Place, verb: ReadVerb): MaybePromise<Sight> {
  const cluster = ctx.store.cluster(place.cluster);
  return cluster === undefined ? 'hidden' : sightIn(ctx, cluster, place, verb);
}

/** The same of a cluster that may have left the fleet. */
export function sightIn(
  ctx: GraphContext,
  cluster: ClusterStore,
  { resource, namespace }: Pick<Place, 'resource' | 'namespace'>,
  verb: ReadVerb,
): MaybePromise<Sight> {
  return whenReady(ctx.visible.of(cluster, { resource, namespaces: () => [namespace] }, verb, namespace), (visibility) => {
    if (isVisible(visibility, namespace)) return 'seen';
    return !visibility.everything && visibility.incomplete === 'UNREACHABLE' ? 'unknown' : 'hidden';
  });
}

export function unknownSight(cluster: string, path: readonly string[]): CommandError {
  return unreachable(path, cluster, `${doubt(`cluster ${cluster}`)}; nothing was done`, 'RIGHTS_UNKNOWN');
}

export function doubt(who: string): string {
  return `${who} did not say whether you may see this: ask again`;
}
