import { Words } from './words.ts';

/**
 * Texts by number (from 1), each kept once for as long as somebody uses it: `acquire` and `release` come in pairs.
 * The texts are flat copies, so none keeps alive what it was cut from.
 */
export class TextTable {
  readonly #ids = new Map<string, number>();
  readonly #texts: (string | undefined)[] = [undefined];
  readonly #uses = new Words();
  readonly #free: number[] = [];

  get size(): number {
    return this.#ids.size;
  }

  /** The number of `text`, which is used once more. */
  acquire(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) {
      this.#uses.set(known, this.#uses.get(known) + 1);
      return known;
    }
    const id = this.#free.pop() ?? this.#texts.length;
    const own = flatCopy(text);
    this.#texts[id] = own;
    this.#ids.set(own, id);
    this.#uses.set(id, 1);
    return id;
  }

  /** The number of `text` if somebody uses it. */
  find(text: string): number | undefined {
    return this.#ids.get(text);
  }

  release(id: number): void {
    const uses = this.#uses.get(id) - 1;
    this.#uses.set(id, uses);
    if (uses > 0) return;
    this.#ids.delete(this.text(id));
    this.#texts[id] = undefined;
    this.#free.push(id);
  }

  /** Throws RangeError for a number that stands for nothing. */
  text(id: number): string {
    const text = this.#texts[id];
    if (text === undefined) throw new RangeError(`no text ${id}`);
    return text;
  }
}

/** A slice of a long text keeps the long one alive; going through code units gives a text of its own. */
function flatCopy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
