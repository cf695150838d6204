import type { KubeObject, ObjectMeta } from '../../src/model/kube-object.ts';

/** Where stories begin: 2026-01-01T00:00:00Z, as the virtual clock does. */
export const START = Date.UTC(2026, 0, 1);

export const seconds = (count: number) => count * 1_000;
export const minutes = (count: number) => count * 60_000;

export function rfc3339(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** The same name always gives the same uid. */
function uidOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`.toLowerCase();
}

/** What every builder of a Kubernetes object can say. */
export abstract class ObjectBuilder {
  readonly metadata: ObjectMeta;
  readonly #kind: string;
  readonly #apiVersion: string;
  clusterName = 'dev';

  constructor(apiVersion: string, kind: string, name: string, namespace?: string) {
    this.#apiVersion = apiVersion;
    this.#kind = kind;
    this.metadata = {
      name,
      ...(namespace !== undefined && { namespace }),
      uid: uidOf(kind, namespace ?? '', name),
      resourceVersion: '1',
      creationTimestamp: rfc3339(START),
    };
  }

  inCluster(name: string): this {
    this.clusterName = name;
    return this;
  }

  createdAt(instant: number): this {
    this.metadata.creationTimestamp = rfc3339(instant);
    return this;
  }

  label(key: string, value: string): this {
    this.metadata.labels = { ...this.metadata.labels, [key]: value };
    return this;
  }

  annotation(key: string, value: string): this {
    this.metadata.annotations = { ...this.metadata.annotations, [key]: value };
    return this;
  }

  version(resourceVersion: number | string): this {
    this.metadata.resourceVersion = String(resourceVersion);
    return this;
  }

  /** Asked to go at `instant`, with that much grace. */
  terminating(instant: number, graceSeconds = 30): this {
    this.metadata.deletionTimestamp = rfc3339(instant + graceSeconds * 1_000);
    this.metadata.deletionGracePeriodSeconds = graceSeconds;
    return this;
  }

  controlledBy(owner: KubeObject): this {
    this.metadata.ownerReferences = [
      { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid ?? '', controller: true },
    ];
    return this;
  }

  /** A copy: what is done to it does not change the builder. */
  object(): KubeObject {
    return structuredClone({ apiVersion: this.#apiVersion, kind: this.#kind, metadata: this.metadata, ...this.body() });
  }

  protected abstract body(): { spec?: Record<string, unknown>; status?: Record<string, unknown>; [field: string]: unknown };
}
