import type { GroupResource } from '../model/resource.ts';

/**
 * The rights of one reader, as a stream needs them. `incomplete`: not everything could be asked; what is not
 * known to be allowed is not visible.
 */
export interface StreamAccess {
  visibility(
    cluster: string,
    resource: GroupResource,
    verb: 'list' | 'watch',
    candidates: () => Iterable<string>,
  ): StreamVisibility | Promise<StreamVisibility>;
  /** Moves whenever an answer given earlier may have changed. */
  readonly epoch: number;
}

export type StreamVisibility =
  | { readonly everything: true }
  | { readonly everything: false; readonly namespaces: ReadonlySet<string>; readonly incomplete?: string };
