import type { ClusterStore } from '../store/graph-store.ts';
import type { ClusterPositions } from './position.ts';
import { SentRows } from './sent-rows.ts';
import type { StreamChange } from './stream-message.ts';
import type { ObjectStreamOptions } from './stream-options.ts';
import type { ClusterRights } from './stream-rights.ts';

/**
 * Rows to be looked at one after the other. `partial`: until it is through, the reader has a part of the
 * cluster that no position describes. `since`: or it has what was true then.
 */
interface Walk {
  readonly keys: readonly string[];
  next: number;
  readonly partial: boolean;
  readonly since?: ClusterPositions;
}

/**
 * How a cluster enters a stream: by a snapshot; silently, the reader having its rows from elsewhere; from where a
 * token left off; or later than the others, as additions. `followed`: it is in.
 */
export type Entrance = 'snapshot' | 'baseline' | 'resume' | 'arrival' | 'followed';

/** The rights do not speak of this namespace: ask before looking again. */
export interface AskRights {
  readonly ask: string;
}

export function isAsking(answer: object | undefined): answer is AskRights {
  return answer !== undefined && 'ask' in answer;
}

/** Rows looked at before others get their turn. */
const LOOKS_PER_TURN = 5_000;

/** One cluster in one stream: what the reader holds of it, and which of its rows are still to be looked at. */
export class ClusterFollower<R> {
  readonly name: string;
  readonly sent: SentRows<R>;
  entrance: Entrance;
  /** Commits count from here on; before, the rows will be read anyway. */
  following = false;
  inScope = true;
  /** The rights by which the reader was told what it holds. */
  rights: ClusterRights | undefined;
  /** What of the cluster's record its rows were made with. */
  clusterPrint: unknown;
  readonly #stream: ObjectStreamOptions<R>;
  #walks: Walk[] = [];

  constructor(name: string, entrance: Entrance, stream: ObjectStreamOptions<R>) {
    this.name = name;
    this.entrance = entrance;
    this.#stream = stream;
    this.sent = new SentRows<R>({ cluster: name, source: stream.source, fingerprint: stream.fingerprint, background: stream.background });
  }

  get cluster(): ClusterStore | undefined {
    return this.#stream.store.cluster(this.name);
  }

  get walking(): boolean {
    return this.#walks.length > 0;
  }

  /** No position describes what the reader has of this cluster. */
  get partial(): boolean {
    return !this.following || this.#walks.some((walk) => walk.partial);
  }

  /** The oldest position that a walk still stands for. */
  get walkingSince(): ClusterPositions | undefined {
    return this.#walks.find((walk) => walk.since !== undefined)?.since;
  }

  /** Belongs to the stream, rights aside. */
  wants(row: R): boolean {
    const { namespace, matches, source } = this.#stream;
    return (namespace === undefined || source.identity(row).namespace === namespace) && matches(row);
  }

  rows(): Iterable<R> {
    const { source, namespace } = this.#stream;
    const { cluster } = this;
    return cluster === undefined ? [] : source.rows(cluster, namespace);
  }

  /** Looks at all rows, those that the reader holds and those that it should. */
  walkAll(how: { readonly partial: boolean; readonly since?: ClusterPositions }): void {
    const keys = new Set<string>();
    for (const row of this.rows()) keys.add(this.#stream.source.key(row));
    for (const [key] of this.sent.entries()) keys.add(key);
    this.#walk([...keys], how);
  }

  /** Looks at the rows that the new rights take away or give. */
  walkRights(now: ClusterRights, before: ClusterRights): void {
    const { source } = this.#stream;
    const keys = new Set<string>();
    for (const [key, row] of this.sent.entries()) if (now.sees(source.identity(row)) !== true) keys.add(key);
    for (const row of this.rows()) {
      const identity = source.identity(row);
      if (now.sees(identity) === true && before.sees(identity) !== true) keys.add(source.key(row));
    }
    this.#walk([...keys], { partial: true });
  }

  /** Looks again at rows whose content may have changed without a commit. */
  walkAgain(changes: (row: R) => boolean): void {
    const keys = new Set<string>();
    for (const [key, row] of this.sent.entries()) if (changes(row)) keys.add(key);
    for (const row of this.rows()) if (changes(row)) keys.add(this.#stream.source.key(row));
    this.#walk([...keys], { partial: false });
  }

  stopWalking(): void {
    this.#walks = [];
  }

  /** Looks at the next rows until `into` holds `limit` changes or it is somebody else's turn. */
  walk(rights: ClusterRights, { limit, now, into }: { limit: number; now: number; into: StreamChange<R>[] }): AskRights | undefined {
    for (let looked = 0; looked < LOOKS_PER_TURN && into.length < limit; looked += 1) {
      const walk = this.#walks[0];
      if (walk === undefined) break;
      const key = walk.keys[walk.next];
      if (key === undefined) {
        this.#walks.shift();
        continue;
      }
      const change = this.look(key, rights, now);
      if (isAsking(change)) return change;
      walk.next += 1;
      if (change !== undefined) into.push(change);
    }
    if (this.#walks[0] !== undefined && this.#walks[0].next >= this.#walks[0].keys.length) this.#walks.shift();
    return undefined;
  }

  /**
   * What to tell of one row: the only place where a row becomes a change, and the rights are asked here, last.
   */
  look(key: string, rights: ClusterRights, now: number): StreamChange<R> | AskRights | undefined {
    const row = this.present(key);
    if (row === undefined || !this.wants(row)) return this.sent.reconcile(key, undefined, now);
    const identity = this.#stream.source.identity(row);
    const sees = rights.sees(identity);
    if (sees === undefined) return { ask: identity.namespace };
    return this.sent.reconcile(key, sees ? row : undefined, now);
  }

  /** The row as it is now; undefined when it is gone or its cluster is out of scope. */
  present(key: string): R | undefined {
    const { cluster } = this;
    const { source } = this.#stream;
    if (!this.inScope || cluster === undefined) return undefined;
    const row = source.find(cluster, key);
    return row === undefined && source.remembered !== undefined ? this.sent.get(key) : row;
  }

  #walk(keys: readonly string[], how: { readonly partial: boolean; readonly since?: ClusterPositions }): void {
    if (keys.length > 0) this.#walks.push({ keys, next: 0, ...how });
  }
}
