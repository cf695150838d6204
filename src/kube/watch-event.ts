import type { KubeObject } from '../model/kube-object.ts';
import type { ResourceVersion } from '../model/resource-version.ts';

/**
 * One line of a watch. A server's ERROR line is not an event: the stream throws it as an `ApiError`.
 * `deleted` carries the object's last state. `bookmark` moves the position and carries no object.
 */
export type WatchEvent =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubeObject }
  | {
      readonly type: 'bookmark';
      readonly resourceVersion: ResourceVersion;
      /** All that there was when the watch began has been told; see `WatchOptions.sendInitialEvents`. */
      readonly endsInitialEvents?: true;
    };
