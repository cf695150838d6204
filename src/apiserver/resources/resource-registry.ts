import type { GroupResource, Resource } from '../../model/resource.ts';
import { byVersionPriority } from './custom-kind.ts';
import { GROUP_ORDER } from './group-order.ts';
import { collectionOf, type ResourceDefinition, type ServedResource, toResource } from './resource-definition.ts';

/** One API group as discovery shows it. */
export interface ServedGroup {
  readonly name: string;
  /** The preferred first. */
  readonly versions: readonly ServedVersion[];
}

export interface ServedVersion {
  readonly version: string;
  readonly definitions: readonly ResourceDefinition[];
}

/** Which kinds are served now. Custom kinds come and go. */
export class ResourceRegistry {
  readonly #definitions = new Map<string, ResourceDefinition>();

  constructor(definitions: readonly ResourceDefinition[]) {
    for (const definition of definitions) this.install(definition);
  }

  /** Replaces what was served under the same group and plural. */
  install(definition: ResourceDefinition): void {
    this.#definitions.set(`${definition.group}/${definition.resource}`, definition);
  }

  uninstall({ group, resource }: Pick<ResourceDefinition, 'group' | 'resource'>): void {
    this.#definitions.delete(`${group}/${resource}`);
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    const definition = this.#definitions.get(`${group}/${resource}`);
    return definition?.versions.includes(version) ? { definition, version } : undefined;
  }

  findKind(group: string, version: string, kind: string): ServedResource | undefined {
    for (const definition of this.#definitions.values()) {
      if (definition.group === group && definition.kind === kind && definition.versions.includes(version)) return { definition, version };
    }
    return undefined;
  }

  byCollection(collection: GroupResource): ResourceDefinition | undefined {
    return [...this.#definitions.values()].find((definition) => collectionOf(definition) === collection);
  }

  definitions(): readonly ResourceDefinition[] {
    return [...this.#definitions.values()];
  }

  groups(): ServedGroup[] {
    const names = [...new Set(this.definitions().map(({ group }) => group))].toSorted(byGroup);
    return names.map((name) => ({ name, versions: this.#versionsOf(name) }));
  }

  #versionsOf(group: string): ServedVersion[] {
    const definitions = this.definitions().filter((definition) => definition.group === group);
    const versions = [...new Set(definitions.flatMap((definition) => definition.versions))].toSorted(byVersionPriority);
    return versions.map((version) => ({
      version,
      definitions: definitions
        .filter((definition) => definition.versions.includes(version))
        .toSorted((a, b) => (a.resource < b.resource ? -1 : 1)),
    }));
  }

  /** Every kind at every served version, the preferred version of a group first. */
  resources(): Resource[] {
    return this.groups().flatMap(({ versions }) =>
      versions.flatMap(({ version, definitions }) => definitions.map((definition) => toResource(definition, version))),
    );
  }
}

function byGroup(a: string, b: string): number {
  const rank = (group: string) => (GROUP_ORDER.includes(group) ? GROUP_ORDER.indexOf(group) : GROUP_ORDER.length);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
