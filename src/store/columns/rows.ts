/** Rows in a page. Growing copies one page at most. */
const PAGE_BITS = 9;
const PAGE_ROWS = 1 << PAGE_BITS;
const FIRST_ROWS = 8;

/**
 * Rows of `width` words, numbered from 1. The number of a row that was given back is used again. Whether a row is in
 * use is for its user to mark: word 0 of a free row leads to the next free one.
 */
export class Rows {
  readonly width: number;
  readonly #pages: Uint32Array[] = [];
  #free = 0;
  #end = 1;

  constructor(width: number) {
    this.width = width;
  }

  /** One beyond the largest number in use or free. */
  get end(): number {
    return this.#end;
  }

  get bytes(): number {
    return this.#pages.reduce((bytes, page) => bytes + page.byteLength, 0);
  }

  /** A row of zeros. */
  allocate(): number {
    if (this.#free !== 0) {
      const row = this.#free;
      this.#free = this.get(row, 0);
      this.#clear(row);
      return row;
    }
    const row = this.#end;
    this.#end += 1;
    this.#reach(row);
    return row;
  }

  release(row: number): void {
    this.#clear(row);
    this.set(row, 0, this.#free);
    this.#free = row;
  }

  get(row: number, word: number): number {
    const page = this.#pages[row >>> PAGE_BITS] as Uint32Array;
    return page[(row & (PAGE_ROWS - 1)) * this.width + word] as number;
  }

  set(row: number, word: number, value: number): void {
    const page = this.#pages[row >>> PAGE_BITS] as Uint32Array;
    page[(row & (PAGE_ROWS - 1)) * this.width + word] = value;
  }

  #clear(row: number): void {
    const page = this.#pages[row >>> PAGE_BITS] as Uint32Array;
    const start = (row & (PAGE_ROWS - 1)) * this.width;
    page.fill(0, start, start + this.width);
  }

  #reach(row: number): void {
    const index = row >>> PAGE_BITS;
    const before = this.#pages[index];
    const needed = (row & (PAGE_ROWS - 1)) + 1;
    const present = before === undefined ? 0 : before.length / this.width;
    if (needed <= present) return;
    const rows = Math.min(PAGE_ROWS, Math.max(FIRST_ROWS, needed, Math.ceil(present * 1.5)));
    const page = new Uint32Array(rows * this.width);
    if (before !== undefined) page.set(before);
    this.#pages[index] = page;
  }
}
