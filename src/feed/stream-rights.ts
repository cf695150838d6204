import { createHash } from 'node:crypto';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import type { StreamAccess, StreamVisibility } from './stream-access.ts';
import type { ObjectIdentity } from './stream-message.ts';
import type { StreamSource } from './stream-source.ts';

/** What of one cluster the reader may have now. */
export interface ClusterRights {
  /** Anything at all. */
  readonly any: boolean;
  /** Not everything could be asked. */
  readonly incomplete: boolean;
  /** Equal digests, equal rights. */
  readonly digest: string;
  /** Undefined: nobody asked about that namespace yet. */
  sees(identity: Pick<ObjectIdentity, 'resource' | 'namespace'>): boolean | undefined;
}

export interface StreamRightsOptions {
  readonly access: StreamAccess;
  readonly source: Pick<StreamSource<unknown>, 'resources' | 'namespaces'>;
  readonly namespace?: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxAgeMs: number;
  /** An answer arrived that `of` did not have. */
  readonly onAnswer: () => void;
}

/**
 * The rights of one stream's reader, never older than `maxAgeMs` and never from before a change of rights.
 * While an answer is awaited there is none, and nothing of that cluster may leave.
 */
export class StreamRights {
  readonly #options: StreamRightsOptions;
  readonly #answers = new Map<string, Answer>();
  readonly #asking = new Map<string, number>();
  /** Namespaces of rows that the source did not name. */
  readonly #extra = new Map<string, Set<string>>();

  constructor(options: StreamRightsOptions) {
    this.#options = options;
  }

  /** Undefined while they are being asked. */
  of(cluster: ClusterStore): ClusterRights | undefined {
    const { name } = cluster.record;
    const known = this.#answers.get(name);
    if (known !== undefined && this.#fresh(known)) return known.rights;
    if (this.#asking.get(name) === this.#options.access.epoch) return undefined;
    return this.#ask(cluster, false);
  }

  /** The answer does not speak of this namespace: the next `of` asks again. */
  askAbout(cluster: string, namespace: string): void {
    this.#answers.delete(cluster);
    this.#extra.set(cluster, new Set([...(this.#extra.get(cluster) ?? []), namespace]));
  }

  forget(cluster: string): void {
    this.#answers.delete(cluster);
    this.#asking.delete(cluster);
    this.#extra.delete(cluster);
  }

  #fresh(answer: Answer): boolean {
    return answer.epoch === this.#options.access.epoch && this.#options.clock.monotonic() < answer.until;
  }

  /** `wide`: about all namespaces, so that a reader of a namespace that is empty now is not taken for nobody. */
  #ask(cluster: ClusterStore, wide: boolean): ClusterRights | undefined {
    const { access, clock } = this.#options;
    const epoch = access.epoch;
    const candidates = this.#candidates(cluster, wide);
    const answers = this.#questions().map(({ resource, verb }) => access.visibility(cluster.record.name, resource, verb, () => candidates));
    const settle = (visibilities: readonly StreamVisibility[]) => {
      const rights = combine(this.#options.source.resources, visibilities, candidates);
      if (!rights.any && !wide && this.#options.namespace === undefined) return this.#ask(cluster, true);
      // A jitter, so that streams which began together do not ask together for ever.
      const until = clock.monotonic() + this.#options.maxAgeMs * (0.8 + 0.2 * this.#options.random.next());
      this.#answers.set(cluster.record.name, { rights, epoch, until });
      return rights;
    };
    if (answers.every((answer) => !isPromise(answer))) return settle(answers as StreamVisibility[]);
    this.#await(cluster.record.name, epoch, Promise.all(answers.map(async (answer) => answer)), settle);
    return undefined;
  }

  #await(
    name: string,
    epoch: number,
    answers: Promise<StreamVisibility[]>,
    settle: (answers: readonly StreamVisibility[]) => unknown,
  ): void {
    this.#asking.set(name, epoch);
    const failed = this.#questions().map((): StreamVisibility => ({ everything: false, namespaces: new Set(), incomplete: 'UNREACHABLE' }));
    void answers
      .catch(() => failed)
      .then((visibilities) => {
        // Asked again meanwhile, or the cluster left: somebody else's answer counts.
        if (this.#asking.get(name) !== epoch) return;
        this.#asking.delete(name);
        settle(visibilities);
        this.#options.onAnswer();
      });
  }

  #questions() {
    // A stream is a list that stays true: both verbs are needed.
    return this.#options.source.resources.flatMap((resource) => [
      { resource, verb: 'list' as const },
      { resource, verb: 'watch' as const },
    ]);
  }

  #candidates(cluster: ClusterStore, wide: boolean): ReadonlySet<string> {
    const { namespace, source } = this.#options;
    if (namespace !== undefined) return new Set([namespace]);
    const candidates = new Set(source.namespaces(cluster)).union(this.#extra.get(cluster.record.name) ?? new Set<string>());
    if (wide) for (const record of cluster.namespaces.all()) candidates.add(record.name);
    candidates.delete('');
    return candidates;
  }
}

interface Answer {
  readonly rights: ClusterRights;
  readonly epoch: number;
  readonly until: number;
}

/** `visibilities` come in pairs, list and watch, one pair for each resource. */
function combine(resources: readonly string[], visibilities: readonly StreamVisibility[], asked: ReadonlySet<string>): ClusterRights {
  const byResource = new Map(resources.map((resource, index) => [resource, both(visibilities[2 * index], visibilities[2 * index + 1])]));
  const all = [...byResource.values()];
  return {
    any: all.some((visibility) => visibility.everything || visibility.namespaces.size > 0),
    incomplete: visibilities.some((visibility) => !visibility.everything && visibility.incomplete !== undefined),
    digest: digestOf(byResource),
    sees({ resource, namespace }) {
      const visibility = byResource.get(resource) ?? NOTHING;
      if (visibility.everything || visibility.namespaces.has(namespace)) return true;
      return namespace === '' || asked.has(namespace) ? false : undefined;
    },
  };
}

const NOTHING: StreamVisibility = { everything: false, namespaces: new Set() };

function both(list: StreamVisibility = NOTHING, watch: StreamVisibility = NOTHING): StreamVisibility {
  if (list.everything) return watch;
  if (watch.everything) return list;
  return { everything: false, namespaces: list.namespaces.intersection(watch.namespaces) };
}

function digestOf(byResource: ReadonlyMap<string, StreamVisibility>): string {
  const hash = createHash('sha256');
  for (const [resource, visibility] of byResource) {
    const allowed = visibility.everything ? ['*'] : [...visibility.namespaces].sort();
    hash.update(JSON.stringify([resource, allowed]));
  }
  return hash.digest('base64url').slice(0, 12);
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}
