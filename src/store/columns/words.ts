/** Words in a page: 16 KiB, so that growing copies little and wastes little. */
const PAGE_BITS = 12;
const PAGE_WORDS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_WORDS - 1;
const FIRST_WORDS = 32;

/**
 * A vector of unsigned 32-bit words that grows page by page: no growth copies more than one page, however long the
 * vector is. What was never written is 0.
 */
export class Words {
  readonly #pages: Uint32Array[] = [];

  get(at: number): number {
    const page = this.#pages[at >>> PAGE_BITS];
    return page === undefined ? 0 : (page[at & PAGE_MASK] ?? 0);
  }

  set(at: number, word: number): void {
    const page = this.#pages[at >>> PAGE_BITS];
    const offset = at & PAGE_MASK;
    if (page !== undefined && offset < page.length) page[offset] = word;
    else this.#grown(at >>> PAGE_BITS, offset)[offset] = word;
  }

  /** Gives back the pages that hold nothing below `length`. */
  truncate(length: number): void {
    const kept = (length + PAGE_MASK) >>> PAGE_BITS;
    if (kept < this.#pages.length) this.#pages.length = kept;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#pages.reduce((bytes, page) => bytes + page.byteLength, 0);
  }

  #grown(index: number, offset: number): Uint32Array {
    while (this.#pages.length < index) this.#pages.push(new Uint32Array(PAGE_WORDS));
    this.#fill(index);
    const before = this.#pages[index];
    const length = Math.min(PAGE_WORDS, Math.max(FIRST_WORDS, offset + 1, Math.ceil((before?.length ?? 0) * 2)));
    const page = new Uint32Array(length);
    if (before !== undefined) page.set(before);
    this.#pages[index] = page;
    return page;
  }

  /** Only the last page is ever short. */
  #fill(index: number): void {
    const last = index - 1;
    const page = this.#pages[last];
    if (page === undefined || page.length === PAGE_WORDS) return;
    const full = new Uint32Array(PAGE_WORDS);
    full.set(page);
    this.#pages[last] = full;
  }
}
