import type { ClusterDefinition } from './cluster-definition.ts';

export interface RegistryListener {
  added(definition: ClusterDefinition): void;
  removed(definition: ClusterDefinition): void;
}

/** Which clusters there are. Names are unique over all sources. */
export class ClusterRegistry {
  readonly #definitions = new Map<string, ClusterDefinition>();
  readonly #listener: RegistryListener;

  constructor(listener: RegistryListener) {
    this.#listener = listener;
  }

  /** Throws RangeError, with nothing added, when the name is empty or taken. */
  add(definition: ClusterDefinition): void {
    const taken = this.#definitions.get(definition.name);
    if (definition.name === '') throw new RangeError('a cluster needs a name');
    if (taken !== undefined) {
      throw new RangeError(
        `two clusters are called ${definition.name} (${taken.source}, ${definition.source}): names are unique over all sources`,
      );
    }
    this.#definitions.set(definition.name, definition);
    this.#listener.added(definition);
  }

  /** Returns whether there was such a cluster. */
  remove(name: string): boolean {
    const definition = this.#definitions.get(name);
    if (definition === undefined) return false;
    this.#definitions.delete(name);
    this.#listener.removed(definition);
    return true;
  }

  get(name: string): ClusterDefinition | undefined {
    return this.#definitions.get(name);
  }

  /** In the order of registration. */
  all(): readonly ClusterDefinition[] {
    return [...this.#definitions.values()];
  }
}
