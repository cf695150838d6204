import type { WatchEvent } from '../kube/watch-event.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { ResourceVersion } from '../model/resource-version.ts';

export type ObjectEvent = Exclude<WatchEvent, { readonly type: 'bookmark' }>;

/**
 * Where a reflector puts what it reads. Calls are synchronous; when one throws, what it was given counts as not
 * applied, the position stays where it was and the reflector lists again.
 * Objects belong to the sink for the time of the call only.
 */
export interface ReflectorSink {
  /** A list begins, or begins anew: what earlier calls of `upsert` named does not count any more. */
  begin(list: ListStart): void;
  /** One page. What it names may be shown at once; nothing disappears before `finish`. */
  upsert(objects: readonly KubeObject[]): void;
  /** An object that this list has named is gone by now. */
  drop(uid: string): void;
  /** The list is complete and shows the state at `resourceVersion`: objects that it has not named are gone. */
  finish(resourceVersion: ResourceVersion): void;
  /** One event of a watch. `position` is where the copy stands once it is applied. */
  apply(event: ObjectEvent, position: ResourceVersion): void;
  /** The copy stands at `position` without any object having changed. */
  moveTo(position: ResourceVersion): void;
}

export interface ListStart {
  /** The state that all pages show. Absent where that is known only at the end: each object is as new as it says. */
  readonly resourceVersion?: ResourceVersion;
  /** The server's history went back: lower versions than those already seen are the truth. */
  readonly newEpoch: boolean;
}
