import { collectionOf, type ResourceDefinition } from '../../apiserver/resources/resource-definition.ts';
import { objectKey } from '../../apiserver/store/collection.ts';
import type { Storage, StorageContents } from '../../apiserver/store/storage.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { GroupResource } from '../../model/resource.ts';
import type { Random } from '../../runtime/random.ts';
import { timestamp } from '../objects/timestamps.ts';
import type { Pod } from '../objects/types.ts';

interface SeededObject {
  readonly collection: GroupResource;
  readonly key: string;
  readonly object: KubeObject;
}

/**
 * The objects with which a cluster begins, as if its server had stored them long ago: defaulted by the server's own
 * rules, with uids, versions and times, and then loaded without a single request.
 */
export class ClusterSeed {
  readonly random: Random;
  readonly now: number;
  readonly #definitions: ReadonlyMap<string, ResourceDefinition>;
  readonly #objects: SeededObject[] = [];
  #revision = 1;

  constructor({ definitions, random, now }: { definitions: readonly ResourceDefinition[]; random: Random; now: number }) {
    this.#definitions = new Map(definitions.map((definition) => [`${definition.group}/${definition.kind}`, definition]));
    this.random = random;
    this.now = now;
  }

  get size(): number {
    return this.#objects.length;
  }

  /** Completes `object` in place as the server would at its creation, and returns it. Its status may be set until `contents`. */
  add<T extends KubeObject>(object: T, createdAt: number): T {
    const { apiVersion, kind } = object;
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    const definition = this.#definitions.get(`${group}/${kind}`);
    if (definition === undefined) throw new Error(`a cluster cannot begin with a ${kind}: nobody serves it`);
    this.#identify(object, definition, createdAt);
    definition.rules.applyDefaults?.(object);
    definition.rules.prepareCreate?.(object);
    const { name, namespace } = object.metadata;
    this.#objects.push({ collection: collectionOf(definition), key: objectKey(namespace, name), object });
    return object;
  }

  /** Pods added so far that carry all these labels. */
  podsOf(namespace: string, labels: Readonly<Record<string, string>>): Pod[] {
    const isOne = ({ kind, metadata }: KubeObject) =>
      kind === 'Pod' &&
      metadata.namespace === namespace &&
      Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
    return this.#objects.filter(({ object }) => isOne(object)).map(({ object }) => object as Pod);
  }

  contents(): StorageContents {
    return { revision: this.#revision, objects: this.#objects };
  }

  #identify({ metadata }: KubeObject, { rules }: ResourceDefinition, createdAt: number): void {
    if (metadata.name === '') metadata.name = `${metadata.generateName ?? ''}${this.random.suffix(5)}`;
    this.#revision += 1;
    metadata.uid = this.random.uuid();
    metadata.resourceVersion = String(this.#revision);
    metadata.creationTimestamp = timestamp(createdAt);
    if (rules.hasGeneration) metadata.generation ??= 1;
  }
}

/** Begins with what is stored already; an empty storage is filled with `seed` first. */
export function seededStorage(storage: Storage, seed: () => StorageContents): Storage {
  return {
    load() {
      const present = storage.load();
      if (present.revision > 0) return present;
      const contents = seed();
      for (const { collection, key, object } of contents.objects) {
        storage.write({ revision: Number(object.metadata.resourceVersion), collection, key, object });
      }
      return contents;
    },
    write: (write) => storage.write(write),
    close: () => storage.close(),
  };
}
