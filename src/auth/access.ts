import type { GroupResource } from '../model/resource.ts';

/** Reading verbs of Kubernetes: `get` for one object, `list` for a list or a count, `watch` for a stream. */
export type ReadVerb = 'get' | 'list' | 'watch';

/**
 * What of one kind in one cluster a principal may see. `everything`: all namespaces, or a cluster-scoped
 * kind. Otherwise exactly these namespaces; an empty set: nothing. `incomplete`: not all could be asked, and
 * what is not known to be allowed is missing. `staleSince`: answered from allows of that age (monotonic
 * milliseconds of the oldest) because the cluster could not be asked.
 */
export type Visibility = ({ readonly everything: true } | LimitedVisibility) & { readonly staleSince?: number };

export interface LimitedVisibility {
  readonly everything: false;
  readonly namespaces: ReadonlySet<string>;
  readonly incomplete?: IncompleteReason;
}

/** `UNREACHABLE`: the cluster did not answer in time. `TOO_MANY_NAMESPACES`: more reviews than one request may cause. */
export type IncompleteReason = 'UNREACHABLE' | 'TOO_MANY_NAMESPACES';

/**
 * One principal's rights, asked of the clusters that own the objects and cached for seconds. The last step
 * before bytes leave: everything shared between principals lies below it. Answers at once (no promise)
 * when the decision is cached, so that resolvers stay synchronous on the hot path.
 */
export interface Access {
  /**
   * `candidates` are the namespaces worth asking about when not everything is allowed (those that hold
   * objects of the kind). Never rejects: when the cluster cannot be asked, what is not known to be allowed is not visible.
   */
  visibility(
    cluster: string,
    resource: GroupResource,
    verb: ReadVerb,
    candidates: () => Iterable<string>,
  ): Visibility | Promise<Visibility>;
  /** May the principal read anything at all in the cluster? Decides whether the cluster itself is shown. */
  seesCluster(cluster: string): boolean | Promise<boolean>;
  /** Raised by one whenever an answer given earlier may have changed; streams re-ask then. */
  readonly epoch: number;
}

export function isVisible(visibility: Visibility, namespace: string): boolean {
  return visibility.everything || visibility.namespaces.has(namespace);
}

export const EVERYTHING: Visibility = { everything: true };
export const NOTHING: Visibility = { everything: false, namespaces: new Set() };
