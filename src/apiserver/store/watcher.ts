import type { KubeObject } from '../../model/kube-object.ts';
import type { GroupResource } from '../../model/resource.ts';
import type { Change } from './history.ts';
import { atRevision } from './object-store.ts';
import type { Selection } from './selection.ts';

/** What a watcher hears. Objects as stored: frozen, shared, at the storage version. */
export type StoreEvent =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubeObject }
  | { readonly type: 'bookmark'; readonly revision: number; readonly endsInitialEvents: boolean };

export interface WatcherOptions {
  readonly collection: GroupResource;
  readonly selection: Selection;
  /** Changes up to and including this revision are not told. */
  readonly fromRevision: number;
  readonly wantsBookmarks: boolean;
  /** Events that may wait to be read; a watcher that lets more pile up is closed. */
  readonly maxPending: number;
}

/**
 * One watch: a bounded queue of events, read with `next` by one reader. When the server closes it the events
 * that wait can still be read; when the reader cancels it they are dropped.
 */
export class Watcher {
  readonly options: WatcherOptions;
  readonly #onClose: (watcher: Watcher) => void;
  #pending: StoreEvent[] = [];
  #read = 0;
  #isOpen = true;
  #wake: (() => void) | undefined;

  constructor(options: WatcherOptions, onClose: (watcher: Watcher) => void) {
    this.options = options;
    this.#onClose = onClose;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Tells `change` if it concerns this watch: what enters the selection is added, what leaves it deleted. */
  offer(change: Change): void {
    const event = eventFor(change, this.options);
    if (event !== undefined) this.push(event);
  }

  push(event: StoreEvent): void {
    if (!this.#isOpen) return;
    if (this.#pending.length - this.#read >= this.options.maxPending) {
      this.close();
      return;
    }
    this.#pending.push(event);
    this.#wakeReader();
  }

  /** The next event if one waits, without waiting for it. */
  poll(): StoreEvent | undefined {
    const event = this.#pending[this.#read];
    if (event === undefined) return undefined;
    this.#read += 1;
    if (this.#read === this.#pending.length || this.#read === 1024) {
      this.#pending = this.#pending.slice(this.#read);
      this.#read = 0;
    }
    return event;
  }

  /** The next event; undefined once the watch is closed and read to its end. */
  async next(): Promise<StoreEvent | undefined> {
    for (;;) {
      const event = this.poll();
      if (event !== undefined || !this.#isOpen) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The server ends the watch. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClose(this);
    this.#wakeReader();
  }

  /** The reader ends the watch. */
  cancel(): void {
    this.#pending = [];
    this.#read = 0;
    this.close();
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function eventFor(change: Change, { collection, selection, fromRevision }: WatcherOptions): StoreEvent | undefined {
  if (change.collection !== collection || change.revision <= fromRevision) return undefined;
  if (selection.namespace !== undefined && !change.key.startsWith(`${selection.namespace}/`)) return undefined;
  if (selection.isUnfiltered) return { type: change.type, object: change.object };
  return filteredEvent(change, selection);
}

function filteredEvent({ type, object, previous, revision }: Change, selection: Selection): StoreEvent | undefined {
  const wasIn = previous !== undefined && selection.matches(previous);
  const isIn = type !== 'deleted' && selection.matches(object);
  if (isIn) return { type: wasIn ? 'modified' : 'added', object };
  if (!wasIn) return undefined;
  return { type: 'deleted', object: type === 'deleted' ? object : atRevision(previous, revision) };
}
