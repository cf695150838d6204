import type { GroupResource } from '../model/resource.ts';

/**
 * Uids that were seen deleted, the latest `capacity` of each kind. A uid never comes back within an epoch, so an
 * event about one of these is an old one told again and must not raise the dead.
 */
export class Graveyard {
  readonly #capacity: number;
  readonly #dead = new Map<GroupResource, Set<string>>();

  constructor(capacity = 2_000) {
    this.#capacity = capacity;
  }

  bury(resource: GroupResource, uid: string): void {
    const dead = this.#dead.get(resource) ?? new Set<string>();
    this.#dead.set(resource, dead);
    dead.add(uid);
    if (dead.size <= this.#capacity) return;
    for (const oldest of dead) {
      dead.delete(oldest);
      return;
    }
  }

  holds(resource: GroupResource, uid: string): boolean {
    return this.#dead.get(resource)?.has(uid) ?? false;
  }

  exhume(resource: GroupResource, uid: string): void {
    this.#dead.get(resource)?.delete(uid);
  }

  clear(resource: GroupResource): void {
    this.#dead.delete(resource);
  }
}
