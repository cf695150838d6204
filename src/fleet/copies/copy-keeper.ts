import type { ListGate } from '../../informer/list-gate.ts';
import type { ObjectRecord } from '../../model/object-record.ts';
import type { GroupResource, Resource } from '../../model/resource.ts';
import type { Random } from '../../runtime/random.ts';
import { ClusterCopy, type ClusterCopyOptions, type ResumePoint } from './cluster-copy.ts';

export interface CopyKeeperOptions extends ClusterCopyOptions {
  readonly random: Random;
  /** Waited for before a copy is read or written: a few at a time become whole, where many would all be late. */
  readonly gate: ListGate;
  /** Until the first copy, where there is none yet. */
  readonly firstMs: number;
  readonly everyMs: number;
  readonly finalMs: number;
  /** Kinds whose copies have been true. */
  readonly synced: () => readonly Resource[];
}

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

  /** Kinds of which something was brought back. */
  get kinds(): readonly GroupResource[] {
    return [...(this.#points?.keys() ?? [])];
  }

  /** Brings back what was kept of this incarnation; `onDone` is called once, later. */
  bringBack(systemUid: string, restore: (records: readonly ObjectRecord[]) => void, onDone: () => void): void {
    this.#systemUid = systemUid;
    this.#bringing ??= this.#bringBack(systemUid, restore, onDone);
  }

  async #bringBack(systemUid: string, restore: (records: readonly ObjectRecord[]) => void, onDone: () => void): Promise<void> {
    const { gate, firstMs, everyMs } = this.#options;
    const { signal } = this.#stop;
    {
      using _turn = await gate.enter(signal);
      if (signal.aborted) return;
      this.#points = new Map(await this.#copy.bringBack(systemUid, restore));
    }
    if (signal.aborted) return;
    const isKept = this.#points.size > 0;
    onDone();
    this.#keeping = this.#keepOn(isKept ? everyMs : firstMs);
  }

  /** Another cluster answers under this name. */
  async forget(systemUid: string | undefined): Promise<void> {
    this.#systemUid = systemUid;
    this.#points = new Map();
    await this.#options.files.discard(this.#options.cluster).catch(() => {});
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
    await Promise.all([this.#bringing, this.#keeping]);
    const { clock, finalMs } = this.#options;
    const late = new AbortController();
    using _deadline = clock.after(finalMs, () => late.abort());
    if (this.isDone) await this.#keep(late.signal);
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
