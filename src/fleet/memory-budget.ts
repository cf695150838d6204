import { OverBudget } from '../informer/memory-gate.ts';
import type { GroupResource } from '../model/resource.ts';

/**
 * What one object of a kind comes to in memory, in bytes, indexes and slack included: generous, as an estimate that
 * decides over admission should be.
 */
const OBJECT_BYTES: Readonly<Record<string, number>> = {
  pods: 1_200,
  nodes: 4_000,
  events: 1_000,
  'replicasets.apps': 1_000,
  'controllerrevisions.apps': 1_000,
};
const OTHER_OBJECT_BYTES = 2_500;

/** What goes first when there is too little room: history before the present, and pods only before what owns them. */
const SHED_ORDER: readonly GroupResource[] = ['events', 'controllerrevisions.apps', 'replicasets.apps', 'pods'];

interface Claim {
  readonly cluster: string;
  readonly resource: GroupResource;
  readonly bytes: number;
  /** Gives the kind's objects up. */
  readonly shed: (message: string) => void;
}

/**
 * How much memory the copies of all clusters may take, by estimate. A kind is admitted before its objects are taken,
 * or refused with a reason; when what was admitted has grown too large, kinds are given up in `SHED_ORDER`, of the
 * cluster that has most of them.
 */
export class MemoryBudget {
  readonly #limitBytes: number;
  readonly #claims = new Map<string, Claim>();
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Throws `OverBudget`, with nothing claimed, when so many objects of the kind are too many. */
  admit(cluster: string, resource: GroupResource, objects: number, shed: Claim['shed']): void {
    const present = this.#claims.get(keyOf(cluster, resource))?.bytes ?? 0;
    const bytes = bytesOf(resource, objects);
    const others = this.#usedBytes - present;
    // What has room already is never refused for growing by less than it had: that is for `grow` to judge.
    if (bytes > present && others + bytes > this.#limitBytes) {
      this.release(cluster, resource);
      throw new OverBudget(
        `${objects} ${resource} need about ${megabytes(bytes)} MB of memory; ${megabytes(Math.max(0, this.#limitBytes - others))} MB of ${megabytes(this.#limitBytes)} MB are free`,
      );
    }
    if (bytes > present) this.#set({ cluster, resource, bytes, shed });
  }

  /** There are so many now, however they came: also what began with nothing, or with a copy on disk. May give up this kind or others. */
  grow(cluster: string, resource: GroupResource, objects: number, shed: Claim['shed']): void {
    const isNew = !this.#claims.has(keyOf(cluster, resource));
    if (isNew && objects === 0) return;
    this.#set({ cluster, resource, bytes: bytesOf(resource, objects), shed });
    while (this.#usedBytes > this.#limitBytes && this.#shedOne());
  }

  release(cluster: string, resource?: GroupResource): void {
    for (const claim of [...this.#claims.values()]) {
      if (claim.cluster === cluster && (resource === undefined || claim.resource === resource)) this.#drop(claim);
    }
  }

  #shedOne(): boolean {
    for (const resource of SHED_ORDER) {
      const [largest] = [...this.#claims.values()]
        .filter((claim) => claim.resource === resource && claim.bytes > 0)
        .sort((a, b) => b.bytes - a.bytes);
      if (largest === undefined) continue;
      this.#drop(largest);
      largest.shed(
        `given up to stay within ${megabytes(this.#limitBytes)} MB of memory: about ${megabytes(largest.bytes)} MB of ${resource}`,
      );
      return true;
    }
    return false;
  }

  #set(claim: Claim): void {
    const key = keyOf(claim.cluster, claim.resource);
    this.#usedBytes += claim.bytes - (this.#claims.get(key)?.bytes ?? 0);
    this.#claims.set(key, claim);
  }

  #drop(claim: Claim): void {
    this.#claims.delete(keyOf(claim.cluster, claim.resource));
    this.#usedBytes -= claim.bytes;
  }
}

function bytesOf(resource: GroupResource, objects: number): number {
  return objects * (OBJECT_BYTES[resource] ?? OTHER_OBJECT_BYTES);
}

function keyOf(cluster: string, resource: GroupResource): string {
  return `${resource} ${cluster}`;
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
