import { LinearHash } from './linear-hash.ts';
import { finish, mix } from './mix.ts';
import type { TextTable } from './text-table.ts';
import { WordRuns } from './word-runs.ts';
import { Words } from './words.ts';

/** The largest number a tuple can hold. */
export const MAX_TUPLE_NUMBER = 0x7fffffff;

/** A tuple being put together: texts and numbers in order. One is used again and again. */
export class TupleDraft {
  readonly #texts: TextTable;
  readonly words: number[] = [];

  constructor(texts: TextTable) {
    this.#texts = texts;
  }

  begin(): this {
    this.words.length = 0;
    return this;
  }

  /** 0 stands for an absent text. */
  text(text: string | undefined): this {
    this.words.push(text === undefined ? 0 : this.#texts.acquire(text) * 2 + 1);
    return this;
  }

  /** A whole number from 0 to `MAX_TUPLE_NUMBER`. */
  number(value: number): this {
    this.words.push(value * 2);
    return this;
  }
}

/**
 * Tuples of texts and numbers by number (from 1), each kept once. A word is odd for a text and even for a number, so
 * a tuple that goes gives its texts back without knowing what they mean.
 */
export class TupleTable {
  readonly #texts: TextTable;
  readonly #runs = new WordRuns();
  readonly #starts = new Words();
  readonly #index: LinearHash;
  readonly #seed: number;
  readonly #free: number[] = [];
  #end = 1;

  constructor(texts: TextTable, seed: number) {
    this.#texts = texts;
    this.#seed = seed;
    this.#index = new LinearHash((id) => this.#hashOf(id));
  }

  get size(): number {
    return this.#index.size;
  }

  get bytes(): number {
    return this.#runs.bytes + this.#starts.bytes + this.#index.bytes;
  }

  /** The number of the tuple of these words; 0: there is none. */
  find(words: readonly number[]): number {
    const hash = this.#hashOfWords(words);
    for (let id = this.#index.first(hash); id !== 0; id = this.#index.next(id)) if (this.#equals(id, words)) return id;
    return 0;
  }

  /** The number of the drafted tuple, and whether it is new. The texts of the draft are taken over. */
  settle(draft: TupleDraft): { id: number; isNew: boolean } {
    const { words } = draft;
    const known = this.find(words);
    if (known === 0) return { id: this.#add(words), isNew: true };
    for (const word of words) if ((word & 1) === 1) this.#texts.release(word >>> 1);
    return { id: known, isNew: false };
  }

  delete(id: number): void {
    const start = this.#starts.get(id);
    const length = this.#runs.get(start);
    this.#index.delete(id, this.#hashOf(id));
    for (let at = 1; at <= length; at += 1) {
      const word = this.#runs.get(start + at);
      if ((word & 1) === 1) this.#texts.release(word >>> 1);
    }
    this.#runs.release(start, length + 1);
    this.#starts.set(id, 0);
    this.#free.push(id);
  }

  length(id: number): number {
    return this.#runs.get(this.#starts.get(id));
  }

  /** As it was drafted: an odd word for a text, an even one for a number, 0 for an absent text. */
  word(id: number, at: number): number {
    return this.#runs.get(this.#starts.get(id) + 1 + at);
  }

  textAt(id: number, at: number): string | undefined {
    const word = this.word(id, at);
    return word === 0 ? undefined : this.#texts.text(word >>> 1);
  }

  numberAt(id: number, at: number): number {
    return this.word(id, at) >>> 1;
  }

  #add(words: readonly number[]): number {
    const id = this.#free.pop() ?? this.#end;
    if (id === this.#end) this.#end += 1;
    const start = this.#runs.allocate(words.length + 1);
    this.#runs.set(start, words.length);
    for (let at = 0; at < words.length; at += 1) this.#runs.set(start + 1 + at, words[at] as number);
    this.#starts.set(id, start);
    this.#index.add(id, this.#hashOfWords(words));
    return id;
  }

  #equals(id: number, words: readonly number[]): boolean {
    const start = this.#starts.get(id);
    if (this.#runs.get(start) !== words.length) return false;
    for (let at = 0; at < words.length; at += 1) if (this.#runs.get(start + 1 + at) !== words[at]) return false;
    return true;
  }

  #hashOfWords(words: readonly number[]): number {
    let hash = this.#seed;
    for (const word of words) hash = mix(hash, word);
    return finish(hash);
  }

  #hashOf(id: number): number {
    const start = this.#starts.get(id);
    const length = this.#runs.get(start);
    let hash = this.#seed;
    for (let at = 1; at <= length; at += 1) hash = mix(hash, this.#runs.get(start + at));
    return finish(hash);
  }
}
