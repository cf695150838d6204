import type { GroupResource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import type { Change, Commit } from '../store/commit.ts';
import { type ClusterPositions, GAPS, NO_POSITIONS, type Position } from './position.ts';

export interface ChangeLogOptions {
  readonly clock: Clock;
  readonly logger?: Logger;
  /** Changes kept of all clusters together; default 200,000. */
  readonly maxChanges?: number;
  /** Changes kept of one cluster, so that a noisy one costs only its own history; default 20,000. */
  readonly maxChangesPerCluster?: number;
  /** Default 10 minutes: twice what resume tokens promise. */
  readonly maxAgeMs?: number;
}

/** A commit in the log, with the positions of its cluster before it. */
export interface LogEntry {
  readonly commit: Commit;
  readonly before: ClusterPositions;
}

export type LogListener = (entry: LogEntry) => void;

/**
 * The last commits, in order, bounded in number and age for each cluster. Whoever starts from a position
 * that is still covered misses nothing; whoever is not covered is told so, never given less. What a first list brings
 * is not kept: there is no complete state before it that anybody could go on from.
 */
export class ChangeLog {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #maxChanges: number;
  readonly #maxChangesPerCluster: number;
  readonly #maxAgeMs: number;
  readonly #histories = new Map<string, ClusterHistory>();
  readonly #listeners = new Set<LogListener>();
  #changes = 0;

  constructor(options: ChangeLogOptions) {
    this.#clock = options.clock;
    this.#logger = options.logger ?? silentLogger;
    this.#maxChanges = options.maxChanges ?? 200_000;
    this.#maxChangesPerCluster = options.maxChangesPerCluster ?? 20_000;
    this.#maxAgeMs = options.maxAgeMs ?? 600_000;
  }

  /** Changes held now. */
  get size(): number {
    return this.#changes;
  }

  /** Takes the next commit and hands it to every listener. A listener that throws hurts nobody else. */
  append(commit: Commit): void {
    const history = this.#history(commit.cluster);
    const before = history.positions;
    if (commit.changes.length > 0) {
      const resources = resourcesOf(commit);
      const after = advance(before, commit, resources);
      if (isOfFirstList(resources, after)) history.pass(resources, after);
      else {
        history.add(commit, after, this.#clock.monotonic());
        this.#changes += commit.changes.length;
        this.#trim(history);
      }
    }
    this.#announce({ commit, before });
  }

  /** Continuity of the cluster was lost: no earlier position is covered any more. */
  gap(cluster: string): void {
    const history = this.#history(cluster);
    while (history.length > 0) this.#drop(history);
    history.breakOff();
  }

  follow(listener: LogListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Where the cluster stands after the last commit. */
  positions(cluster: string): ClusterPositions {
    return this.#histories.get(cluster)?.positions ?? NO_POSITIONS;
  }

  /**
   * Changes of `resources` in the cluster after `from`, oldest first; undefined when the log no longer
   * covers that position or never did.
   */
  missedSince(cluster: string, from: ClusterPositions, resources: readonly GroupResource[]): readonly Change[] | undefined {
    const history = this.#histories.get(cluster);
    if (history === undefined) return from.size === 0 ? [] : undefined;
    this.#dropOld(history);
    return history.missedSince(from, resources);
  }

  #announce(entry: LogEntry): void {
    for (const listener of this.#listeners) {
      try {
        listener(entry);
      } catch (error) {
        this.#listeners.delete(listener);
        this.#logger.error('a subscriber of the change log failed and was let go', { error: String(error) });
      }
    }
  }

  #history(cluster: string): ClusterHistory {
    const known = this.#histories.get(cluster);
    if (known !== undefined) return known;
    const created = new ClusterHistory();
    this.#histories.set(cluster, created);
    return created;
  }

  #trim(history: ClusterHistory): void {
    this.#dropOld(history);
    while (history.changes > this.#maxChangesPerCluster) this.#drop(history);
    while (this.#changes > this.#maxChanges) this.#drop(this.#largest());
  }

  #dropOld(history: ClusterHistory): void {
    const oldest = this.#clock.monotonic() - this.#maxAgeMs;
    while (history.oldestAt < oldest) this.#drop(history);
  }

  #drop(history: ClusterHistory): void {
    this.#changes -= history.dropOldest();
  }

  #largest(): ClusterHistory {
    let largest = new ClusterHistory();
    for (const history of this.#histories.values()) if (history.changes > largest.changes) largest = history;
    return largest;
  }
}

interface Kept {
  readonly commit: Commit;
  readonly after: ClusterPositions;
  readonly at: number;
}

/**
 * The retained commits of one cluster. `#horizon` is the position before the oldest of them; `#passed` holds, for kinds
 * with commits that were never kept, how many there had been with the last of these.
 */
class ClusterHistory {
  /** Those that were dropped are let go at once; their places, before `#first`, when there are as many as others. */
  #kept: (Kept | undefined)[] = [];
  #first = 0;
  readonly #passed = new Map<GroupResource, number>();
  #horizon: ClusterPositions = NO_POSITIONS;
  positions: ClusterPositions = NO_POSITIONS;
  changes = 0;

  get length(): number {
    return this.#kept.length - this.#first;
  }

  /** Infinity when nothing is kept. */
  get oldestAt(): number {
    return this.#kept[this.#first]?.at ?? Number.POSITIVE_INFINITY;
  }

  add(commit: Commit, after: ClusterPositions, at: number): void {
    this.#kept.push({ commit, after, at });
    this.changes += commit.changes.length;
    this.positions = after;
  }

  /** Moves on without keeping a commit: no position before it is covered any more, for the kinds that it touches. */
  pass(resources: Iterable<GroupResource>, after: ClusterPositions): void {
    for (const resource of resources) this.#passed.set(resource, after.get(resource)?.commits ?? 0);
    this.positions = after;
  }

  dropOldest(): number {
    const oldest = this.#kept[this.#first];
    if (oldest === undefined) return 0;
    this.#kept[this.#first] = undefined;
    this.#first += 1;
    if (this.#first > 64 && this.#first * 2 > this.#kept.length) this.#compact();
    this.#horizon = oldest.after;
    this.changes -= oldest.commit.changes.length;
    return oldest.commit.changes.length;
  }

  /** From here on no position given out before is covered, of whatever kind. */
  breakOff(): void {
    const gaps = (this.positions.get(GAPS)?.commits ?? 0) + 1;
    this.positions = new Map<GroupResource, Position>([...this.positions, [GAPS, { version: '', commits: gaps }]]);
    this.#horizon = this.positions;
  }

  missedSince(from: ClusterPositions, resources: readonly GroupResource[]): readonly Change[] | undefined {
    const seen = (resource: GroupResource) => from.get(resource)?.commits ?? 0;
    for (const resource of [GAPS, ...resources]) if (!this.#covers(resource, seen(resource))) return undefined;
    const wanted = new Set(resources);
    const missed: Change[] = [];
    for (let index = this.#first; index < this.#kept.length; index += 1) {
      const { commit, after } = this.#kept[index] as Kept;
      for (const change of commit.changes) {
        if (wanted.has(change.resource) && (after.get(change.resource)?.commits ?? 0) > seen(change.resource)) missed.push(change);
      }
    }
    return missed;
  }

  #covers(resource: GroupResource, commits: number): boolean {
    const horizon = Math.max(this.#horizon.get(resource)?.commits ?? 0, this.#passed.get(resource) ?? 0);
    return horizon <= commits && commits <= (this.positions.get(resource)?.commits ?? 0);
  }

  #compact(): void {
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }
}

/** One commit more of every kind that it touches, at the version that the store names. */
function advance(positions: ClusterPositions, commit: Commit, resources: Iterable<GroupResource>): ClusterPositions {
  const next = new Map(positions);
  for (const resource of resources) {
    const last = positions.get(resource);
    const version = versionAfter(commit, resource) ?? last?.version ?? '';
    next.set(resource, { version, commits: (last?.commits ?? 0) + 1 });
  }
  return next;
}

/** A few at most: most commits are of one kind. */
function resourcesOf(commit: Commit): readonly GroupResource[] {
  const resources: GroupResource[] = [];
  for (const { resource } of commit.changes) if (!resources.includes(resource)) resources.push(resource);
  return resources;
}

/** Of kinds alone that were never complete yet. */
function isOfFirstList(resources: Iterable<GroupResource>, after: ClusterPositions): boolean {
  for (const resource of resources) if ((after.get(resource)?.version ?? '') !== '') return false;
  return true;
}

function versionAfter(commit: Commit, resource: GroupResource): ResourceVersion | undefined {
  return commit.positions.find((position) => position.resource === resource)?.resourceVersion;
}
