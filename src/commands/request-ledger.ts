import { LRUCache } from 'lru-cache';
import type { Clock } from '../runtime/clock.ts';

/** The first answer to a request id, kept so that a repetition gets it and nothing is done twice. */
interface Entry {
  /** What was asked for, without the request id. */
  readonly question: string;
  readonly answer: Promise<unknown>;
}

export type Recalled<T> = { readonly kind: 'new' } | { readonly kind: 'reused' } | { readonly kind: 'replay'; readonly answer: Promise<T> };

const KEPT_MS = 24 * 3_600_000;
const MAX_ENTRIES = 10_000;

/** Request ids by caller and mutation, for 24 hours of this process. */
export class RequestLedger {
  readonly #entries: LRUCache<string, Entry>;

  constructor(clock: Clock) {
    this.#entries = new LRUCache({ max: MAX_ENTRIES, ttl: KEPT_MS, perf: { now: () => clock.monotonic() + 1 } });
  }

  recall<T>(scope: readonly string[], question: string): Recalled<T> {
    const entry = this.#entries.get(keyOf(scope));
    if (entry === undefined) return { kind: 'new' };
    return entry.question === question ? { kind: 'replay', answer: entry.answer as Promise<T> } : { kind: 'reused' };
  }

  /** Recorded before the answer is there: a repetition in the meantime waits for the same one. */
  record(scope: readonly string[], question: string, answer: Promise<unknown>): void {
    this.#entries.set(keyOf(scope), { question, answer });
  }

  /** Nothing was done: the id may be used again. */
  forget(scope: readonly string[]): void {
    this.#entries.delete(keyOf(scope));
  }
}

/** Length-prefixed, so that no two scopes look alike. */
function keyOf(scope: readonly string[]): string {
  return scope.map((part) => `${part.length}:${part}`).join('');
}
