import type { KubeObject } from '../../model/kube-object.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import type { Decision } from './action.ts';
import type { ClusterCache } from './cluster-cache.ts';
import type { Collection } from './collection.ts';

/** One control loop: which changes wake which keys, and what to do about a key. */
export interface Controller {
  /** As events name it: "deployment-controller". */
  readonly name: string;
  readonly sources: readonly Source[];
  /** Observes and decides; never waits, never writes. */
  reconcile(key: string): Decision;
}

export interface Source {
  readonly collection: Collection;
  /** Keys to look at after this change. */
  keysOf(next: KubeObject | undefined, previous: KubeObject | undefined): Iterable<string>;
}

/** What a controller is made from. */
export interface ControllerContext {
  readonly cache: ClusterCache;
  readonly clock: Clock;
  readonly random: Random;
}
