import { compareResourceVersions, type ResourceVersion } from '../model/resource-version.ts';

/** How far a reflector's copy is. Never goes back, except by a list that was complete. */
export class Position {
  #current: ResourceVersion | undefined;
  /** The newest version that was shown, which may be beyond the position when a list was not finished. */
  #shown: ResourceVersion | undefined;

  /** The version the copy is true at; undefined before the first list. */
  get current(): ResourceVersion | undefined {
    return this.#current;
  }

  get newestShown(): ResourceVersion | undefined {
    return this.#current === undefined ? this.#shown : newest(this.#shown, this.#current);
  }

  /** A list was complete, or a copy on disk is gone on from. */
  listed(version: ResourceVersion): void {
    this.#current = version;
    this.#shown = version;
  }

  show(version: ResourceVersion): void {
    this.#shown = newest(this.#shown, version);
  }

  moveTo(position: ResourceVersion): void {
    this.#current = position;
  }

  forget(): void {
    this.#current = undefined;
    this.#shown = undefined;
  }
}

/** Where versions have an order the position never goes back; where they have none the stream's order counts. */
export function newest(position: ResourceVersion | undefined, seen: ResourceVersion): ResourceVersion {
  if (position === undefined) return seen;
  const order = compareResourceVersions(seen, position);
  return order === undefined || order > 0 ? seen : position;
}
