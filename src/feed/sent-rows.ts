import { equalData } from '../store/records-equal.ts';
import type { StreamChange } from './stream-message.ts';
import type { StreamSource } from './stream-source.ts';

export interface SentRowsOptions<R> {
  readonly cluster: string;
  readonly source: Pick<StreamSource<R>, 'key' | 'identity' | 'remembered'>;
  readonly fingerprint?: ((row: R) => unknown) | undefined;
  readonly background?: { readonly fingerprint: (row: R) => unknown; readonly everyMs: number } | undefined;
}

/**
 * What the reader holds of one cluster, and from it what to tell next: a row is compared with the one that was
 * sent last, so whatever happened in between is told once, or not at all when nothing remained of it.
 */
export class SentRows<R> {
  readonly #options: SentRowsOptions<R>;
  readonly #rows = new Map<string, R>();
  readonly #prints = new Map<string, unknown>();
  readonly #backgrounds = new Map<string, { readonly print: unknown; readonly at: number }>();
  /** Rows that the reader has from elsewhere: their first appearance is an addition. */
  readonly #unannounced = new Set<string>();
  /** Rows of which the reader may hold something else than we think: told whatever they are. */
  readonly #doubtful = new Set<string>();
  readonly #deferred = new Map<string, number>();

  constructor(options: SentRowsOptions<R>) {
    this.#options = options;
  }

  get size(): number {
    return this.#rows.size;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  get(key: string): R | undefined {
    return this.#rows.get(key);
  }

  entries(): IterableIterator<[string, R]> {
    return this.#rows.entries();
  }

  /** Takes it that the reader holds this row. */
  assume(row: R, how: 'sent' | 'unannounced' | 'doubtful', now: number): void {
    const key = this.#options.source.key(row);
    this.#remember(key, row, now);
    if (how === 'unannounced') this.#unannounced.add(key);
    if (how === 'doubtful') this.#doubtful.add(key);
  }

  /** The change that brings the reader from what it holds to `row`; undefined: nothing to tell, or not yet. */
  reconcile(key: string, row: R | undefined, now: number): StreamChange<R> | undefined {
    if (row === undefined) return this.#remove(key);
    const held = this.#rows.has(key);
    if (held && !this.#doubtful.has(key) && this.#unchanged(key, row)) {
      this.#rows.set(key, row);
      if (!this.#backgroundDue(key, row, now)) return undefined;
    }
    const type = held && !this.#unannounced.has(key) ? 'MODIFIED' : 'ADDED';
    this.#remember(key, row, now);
    return { type, cluster: this.#options.cluster, identity: this.#options.source.identity(row), record: row };
  }

  /** Keys whose background content may be told at `now`. */
  takeDue(now: number): string[] {
    const due = [...this.#deferred].filter(([, at]) => at <= now).map(([key]) => key);
    for (const key of due) this.#deferred.delete(key);
    return due;
  }

  /** When the next of them is; Infinity when none waits. */
  get nextDueAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#deferred.values());
  }

  clear(): void {
    this.#rows.clear();
    this.#prints.clear();
    this.#backgrounds.clear();
    this.#unannounced.clear();
    this.#doubtful.clear();
    this.#deferred.clear();
  }

  #remember(key: string, row: R, now: number): void {
    const { fingerprint, background, source } = this.#options;
    this.#forget(key);
    this.#rows.set(key, row);
    if (fingerprint !== undefined) this.#prints.set(key, compact(fingerprint(row)));
    if (background !== undefined) this.#backgrounds.set(key, { print: compact(background.fingerprint(row)), at: now });
    if (source.remembered !== undefined && this.#rows.size > source.remembered) this.#forgetOldest();
  }

  #remove(key: string): StreamChange<R> | undefined {
    const held = this.#rows.get(key);
    if (held === undefined) return undefined;
    this.#forget(key);
    return { type: 'REMOVED', cluster: this.#options.cluster, identity: this.#options.source.identity(held) };
  }

  #unchanged(key: string, row: R): boolean {
    const { fingerprint } = this.#options;
    return fingerprint === undefined ? equalData(this.#rows.get(key), row) : this.#prints.get(key) === compact(fingerprint(row));
  }

  #backgroundDue(key: string, row: R, now: number): boolean {
    const { background } = this.#options;
    const last = this.#backgrounds.get(key);
    if (background === undefined || last === undefined || last.print === compact(background.fingerprint(row))) return false;
    const dueAt = last.at + background.everyMs;
    if (dueAt > now) this.#deferred.set(key, dueAt);
    return dueAt <= now;
  }

  #forget(key: string): void {
    this.#rows.delete(key);
    this.#prints.delete(key);
    this.#backgrounds.delete(key);
    this.#unannounced.delete(key);
    this.#doubtful.delete(key);
    this.#deferred.delete(key);
  }

  #forgetOldest(): void {
    const [oldest] = this.#rows.keys();
    if (oldest !== undefined) this.#forget(oldest);
  }
}

/** Long fingerprints are kept as a hash of 53 bits: a stream may remember a hundred thousand of them. */
function compact(print: unknown): unknown {
  return typeof print === 'string' && print.length > 24 ? hash53(print) : print;
}

/** cyrb53 (public domain, bryc): fast, well mixed, not for secrets. */
function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
