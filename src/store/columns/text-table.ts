import { Words } from './words.ts';

/** A power of two. A map that grows hashes again all that it holds: many small ones hold nobody up. */
const SHARDS = 64;

/**
 * Texts by number (from 1), each kept once for as long as somebody uses it: `acquire` and `release` come in pairs.
 * The texts are flat copies, so none keeps alive what it was cut from.
 */
export class TextTable {
  readonly #ids = Array.from({ length: SHARDS }, () => new Map<string, number>());
  readonly #texts: (string | undefined)[] = [undefined];
  readonly #uses = new Words();
  readonly #free: number[] = [];

  get size(): number {
    return this.#ids.reduce((size, ids) => size + ids.size, 0);
  }

  /** The number of `text`, which is used once more. */
  acquire(text: string): number {
    const ids = this.#shardOf(text);
    const known = ids.get(text);
    if (known !== undefined) {
      this.#uses.set(known, this.#uses.get(known) + 1);
      return known;
    }
    const id = this.#free.pop() ?? this.#texts.length;
    const own = flatCopy(text);
    this.#texts[id] = own;
    ids.set(own, id);
    this.#uses.set(id, 1);
    return id;
  }

  /** The number of `text` if somebody uses it. */
  find(text: string): number | undefined {
    return this.#shardOf(text).get(text);
  }

  release(id: number): void {
    const uses = this.#uses.get(id) - 1;
    this.#uses.set(id, uses);
    if (uses > 0) return;
    const text = this.text(id);
    this.#shardOf(text).delete(text);
    this.#texts[id] = undefined;
    this.#free.push(id);
  }

  /** Throws RangeError for a number that stands for nothing. */
  text(id: number): string {
    const text = this.#texts[id];
    if (text === undefined) throw new RangeError(`no text ${id}`);
    return text;
  }

  #shardOf(text: string): Map<string, number> {
    return this.#ids[shardOf(text)] as Map<string, number>;
  }
}

/** By a few letters: at the end, where names and uids differ most, in the middle and near the beginning. */
function shardOf(text: string): number {
  const last = text.length - 1;
  if (last < 3) return last & (SHARDS - 1);
  let hash = Math.imul(text.charCodeAt(last), 31) + text.charCodeAt(last - 1);
  hash = Math.imul(hash, 31) + text.charCodeAt(last - 2);
  hash = Math.imul(hash, 31) + text.charCodeAt(last >>> 1);
  hash = Math.imul(hash, 31) + text.charCodeAt(last >>> 2);
  hash = Math.imul(hash ^ last, 0x9e3779b1);
  return hash >>> 26;
}

/** A slice of a long text keeps the long one alive; going through code units gives a text of its own. */
function flatCopy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
