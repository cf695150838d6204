import type { ListGate } from '../../informer/list-gate.ts';
import type { ObjectRecord } from '../../model/object-record.ts';
import type { GroupResource } from '../../model/resource.ts';
import type { Random } from '../../runtime/random.ts';
import { ClusterCopy, type ClusterCopyOptions, type ResumePoint, type SyncedKind } from './cluster-copy.ts';

export interface CopyKeeperOptions extends ClusterCopyOptions {
  readonly random: Random;
  /** Waited for before a copy is read or written: a few at a time become whole, where many would all be late. */
  readonly gate: ListGate;
  /** Until the first copy, where there is none yet. */
  readonly firstMs: number;
  readonly everyMs: number;
  readonly finalMs: number;
  /** Kinds whose copies have been true, and when they were last. */
  readonly synced: () => readonly SyncedKind[];
}

/** To remove what was begun. */
const TO_LET_GO_MS = 500;

/** When one cluster's copy is brought back and kept: once at the first contact, then every few minutes and at the end. */
export class CopyKeeper {
  readonly #options: CopyKeeperOptions;
  readonly #copy: ClusterCopy;
  readonly #stop = new AbortController();
  #points: Map<GroupResource, ResumePoint> | undefined;
  #bringing: Promise<void> | undefined;
  #keeping: Promise<void> | undefined;
  #systemUid: string | undefined;

  constructor(options: CopyKeeperOptions) {
    this.#options = options;
    this.#copy = new ClusterCopy(options);
  }

  /** There is nothing more to bring back. */
  get isDone(): boolean {
    return this.#points !== undefined;
  }

  /**
   * Brings back what was kept of this incarnation. `onDone` is called once, later, unless it was given up meanwhile:
   * then nothing more is restored.
   */
  bringBack(systemUid: string, restore: (records: readonly ObjectRecord[]) => void, onDone: () => void): void {
    this.#systemUid = systemUid;
    this.#bringing ??= this.#bringBack(systemUid, restore, onDone);
  }

  async #bringBack(systemUid: string, restore: (records: readonly ObjectRecord[]) => void, onDone: () => void): Promise<void> {
    const { gate, firstMs, everyMs } = this.#options;
    const { signal } = this.#stop;
    const isWanted = () => !signal.aborted && !this.isDone;
    let points: Map<GroupResource, ResumePoint> | undefined;
    {
      using _turn = await gate.enter(signal);
      if (isWanted()) points = new Map(await this.#copy.bringBack(systemUid, { isWanted, restore }));
    }
    if (signal.aborted) return;
    if (points !== undefined && isWanted()) {
      this.#points = points;
      onDone();
    }
    this.#begin(points !== undefined && points.size > 0 ? everyMs : firstMs);
  }

  /** Brings nothing back: what is held has been read from this incarnation already. */
  begin(systemUid: string): void {
    this.#systemUid = systemUid;
    this.giveUp();
    if (this.#bringing === undefined) this.#begin(this.#options.firstMs);
  }

  #begin(firstMs: number): void {
    this.#keeping ??= this.#keepOn(firstMs);
  }

  /** What was brought back is held no more, and nothing else is brought back. Of some kinds alone: that of these. */
  giveUp(kinds?: Iterable<GroupResource>): void {
    if (kinds === undefined || this.#points === undefined) this.#points = new Map();
    else for (const kind of kinds) this.#points.delete(kind);
  }

  /** Another cluster answers under this name. */
  async forget(systemUid: string | undefined): Promise<void> {
    this.#systemUid = systemUid;
    this.giveUp();
    await this.#options.files.discard(this.#options.cluster).catch(() => {});
  }

  /** Kinds that can go on from what was brought back. */
  get kinds(): readonly GroupResource[] {
    return [...(this.#points?.keys() ?? [])];
  }

  /** Good for once. */
  takeResumePoint(resource: GroupResource, apiVersion: string): ResumePoint | undefined {
    const point = this.#points?.get(resource);
    this.#points?.delete(resource);
    return point?.apiVersion === apiVersion ? point : undefined;
  }

  /** Keeps what is held a last time, within the time that there is for it. Call before anything is given up. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#waitFor(Promise.all([this.#bringing, this.#keeping]));
    const { clock, finalMs } = this.#options;
    const late = new AbortController();
    using _deadline = clock.after(finalMs, () => late.abort());
    if (this.isDone) await this.#waitFor(this.#keep(late.signal));
  }

  /** A disk that hangs must not hold up the end. */
  async #waitFor(work: Promise<unknown>): Promise<void> {
    const { clock, finalMs } = this.#options;
    const over = new AbortController();
    await Promise.race([work, clock.sleep(finalMs + TO_LET_GO_MS, over.signal)]);
    over.abort();
  }

  async #keepOn(firstMs: number): Promise<void> {
    const { clock, random, everyMs } = this.#options;
    const { signal } = this.#stop;
    for (let restMs = firstMs; !signal.aborted; restMs = everyMs) {
      await clock.sleep(Math.ceil(restMs * (0.75 + random.next() / 2)), signal);
      if (!signal.aborted) await this.#keep(signal);
    }
  }

  async #keep(signal: AbortSignal): Promise<void> {
    using _turn = await this.#options.gate.enter(signal);
    if (this.#systemUid !== undefined && !signal.aborted) await this.#copy.keep(this.#systemUid, this.#options.synced(), signal);
  }
}
