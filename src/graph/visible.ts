import { type Access, isVisible, NOTHING, type ReadVerb, type Visibility } from '../auth/access.ts';
import type { GroupResource } from '../model/resource.ts';
import type { ClusterStore, GraphStore } from '../store/graph-store.ts';
import { allReady, isPromise, type MaybePromise, whenReady } from './maybe-promise.ts';
import { type Shelf, shelfOf } from './shelves.ts';

/**
 * The one step of authorisation for everything that is read from the store: lists, counts, edges, ids,
 * examples and attention. Rights are asked for sets (cluster, kind, verb), remembered for one request and
 * answered without a promise once known. Answers are forgotten when rights may have changed.
 */
export class Visible {
  readonly #store: GraphStore;
  readonly #access: Access;
  readonly #sets = new Map<string, MaybePromise<Visibility>>();
  readonly #clusters = new Map<string, MaybePromise<boolean>>();
  #epoch: number;

  constructor(store: GraphStore, access: Access) {
    this.#store = store;
    this.#access = access;
    this.#epoch = access.epoch;
  }

  /** Forgets all answers, so that they are asked for anew; a stream does so now and then. */
  renew(): void {
    this.#epoch = this.#access.epoch;
    this.#sets.clear();
    this.#clusters.clear();
  }

  /** The clusters that the viewer may know of, by name. */
  clusters(): MaybePromise<readonly ClusterStore[]> {
    const all = this.#store.clusters();
    const seen = allReady(all.map(({ record }) => this.#seesCluster(record.name)));
    return whenReady(seen, (answers) => all.filter((_, index) => answers[index] === true));
  }

  /** Undefined when it does not exist or the viewer may not know of it: not told apart. */
  cluster(name: string): MaybePromise<ClusterStore | undefined> {
    const cluster = this.#store.cluster(name);
    if (cluster === undefined) return undefined;
    return whenReady(this.#seesCluster(name), (sees) => (sees ? cluster : undefined));
  }

  /** What of a whole kind may be seen; with `namespace`, only that one is asked for. */
  of(
    cluster: ClusterStore,
    shelf: Pick<Shelf<unknown>, 'resource' | 'namespaces' | 'rows'>,
    verb: ReadVerb,
    namespace?: string,
  ): MaybePromise<Visibility> {
    const { name } = cluster.record;
    const kind = `${verb} ${shelf.resource} ${name}`;
    const whole = this.#remembered(kind);
    if (whole !== undefined && !isPromise(whole) && whole.everything) return whole;
    const key = keyOf(kind, shelf, namespace);
    const known = this.#remembered(key);
    if (known !== undefined) return known;
    const among = (candidates: () => Iterable<string>) => this.#access.visibility(name, shelf.resource, verb, candidates);
    if (namespace !== undefined)
      return this.#ask(
        key,
        among(() => [namespace]),
      );
    // Whoever may look into an empty namespace is not forbidden the kind: ask beyond those that hold objects.
    const asked = whenReady(
      among(() => shelf.namespaces()),
      (visibility) => (isNothing(visibility) && !CLUSTER_SCOPED.has(shelf.resource) ? among(() => namespacesOf(cluster)) : visibility),
    );
    return this.#ask(key, asked);
  }

  /** As `of` for a whole kind, for code that cannot wait: nothing, as long as the answer is not known. */
  settled(cluster: ClusterStore, resource: GroupResource, verb: ReadVerb): Visibility {
    const known = this.#remembered(`${verb} ${resource} ${cluster.record.name}`);
    if (known !== undefined) return isPromise(known) ? NOTHING : known;
    const shelf = shelfOf(cluster, resource);
    const asked = shelf === undefined ? NOTHING : this.of(cluster, shelf, verb);
    return isPromise(asked) ? NOTHING : asked;
  }

  /** May this one object be seen? */
  sees(cluster: ClusterStore, resource: GroupResource, verb: ReadVerb, namespace: string): MaybePromise<boolean> {
    return whenReady(this.of(cluster, { resource, namespaces: () => [namespace] }, verb, namespace), (visibility) =>
      isVisible(visibility, namespace),
    );
  }

  /** `object` if it may be seen, else undefined: what a to-one edge answers. */
  one<R extends { readonly resource: GroupResource; readonly namespace: string }>(
    cluster: ClusterStore,
    object: R | undefined,
  ): MaybePromise<R | undefined> {
    if (object === undefined) return undefined;
    return whenReady(this.sees(cluster, object.resource, 'get', object.namespace), (sees) => (sees ? object : undefined));
  }

  #seesCluster(name: string): MaybePromise<boolean> {
    this.#forgetIfChanged();
    const known = this.#clusters.get(name);
    if (known !== undefined) return known;
    const asked = this.#access.seesCluster(name);
    this.#clusters.set(name, asked);
    if (isPromise(asked)) void asked.then((sees) => this.#clusters.set(name, sees));
    return asked;
  }

  #remembered(key: string): MaybePromise<Visibility> | undefined {
    this.#forgetIfChanged();
    return this.#sets.get(key);
  }

  #ask(key: string, asked: MaybePromise<Visibility>): MaybePromise<Visibility> {
    this.#sets.set(key, asked);
    if (isPromise(asked)) void asked.then((visibility) => this.#sets.set(key, visibility));
    return asked;
  }

  #forgetIfChanged(): void {
    if (this.#access.epoch !== this.#epoch) this.renew();
  }
}

/** No namespace begins with a slash. */
function keyOf(kind: string, { rows }: Pick<Shelf<unknown>, 'rows'>, namespace: string | undefined): string {
  if (namespace !== undefined) return `${kind} ${namespace}`;
  return rows === undefined ? kind : `${kind} /${rows}`;
}

const CLUSTER_SCOPED: ReadonlySet<GroupResource> = new Set(['nodes', 'namespaces']);

function isNothing(visibility: Visibility): boolean {
  return !visibility.everything && visibility.namespaces.size === 0 && visibility.incomplete === undefined;
}

function* namespacesOf(cluster: ClusterStore): Iterable<string> {
  for (const { name } of cluster.namespaces.all()) yield name;
}

/** The objects of `shelf` that `visibility` shows, of one namespace if it is given. */
export function* visibleRows<R>(shelf: Shelf<R>, visibility: Visibility, namespace?: string): Iterable<R> {
  if (namespace !== undefined) {
    if (isVisible(visibility, namespace)) yield* shelf.inNamespace(namespace);
  } else if (visibility.everything) {
    yield* shelf.all();
  } else {
    for (const visible of visibility.namespaces) yield* shelf.inNamespace(visible);
  }
}
