import { LinearHash } from './linear-hash.ts';
import { finish, mix } from './mix.ts';
import { packUuid } from './packing.ts';
import type { PodCells } from './pod-cells.ts';
import { FLAG, POD } from './pod-layout.ts';
import type { Rows } from './rows.ts';
import type { SharedColumns } from './shared-columns.ts';

/** Finds the row of a uid: four words of the row, or a text where it is no UUID. */
export class PodUids {
  readonly #rows: Rows;
  readonly #cells: PodCells;
  readonly #shared: SharedColumns;
  readonly #hash = new LinearHash((row) => this.#hashOfRow(row));
  readonly #packed = new Uint32Array(4);
  readonly #hashed = new Uint32Array(4);
  /** What the writer asks for is mostly what it has just asked for. '': nothing. */
  #lastUid = '';
  #lastRow = 0;

  constructor(rows: Rows, cells: PodCells, shared: SharedColumns) {
    this.#rows = rows;
    this.#cells = cells;
    this.#shared = shared;
  }

  get size(): number {
    return this.#hash.size;
  }

  get bytes(): number {
    return this.#hash.bytes;
  }

  /** 0: no row has it. */
  find(uid: string): number {
    if (uid === this.#lastUid && uid !== '') return this.#lastRow;
    const row = this.#lookUp(uid);
    if (row === 0) return 0;
    this.#lastUid = uid;
    this.#lastRow = row;
    return row;
  }

  /** A new row, which has this uid and nothing else. */
  insert(uid: string): number {
    const row = this.#rows.allocate();
    this.#cells.setUid(row, this.#packed, packUuid(uid, this.#packed) ? undefined : uid);
    this.#hash.add(row, this.#hashOfRow(row));
    return row;
  }

  /** The row itself is the caller's to release. */
  delete(row: number): void {
    this.#lastUid = '';
    this.#hash.delete(row, this.#hashOfRow(row));
  }

  #lookUp(uid: string): number {
    const words = this.#packed;
    const isText = !packUuid(uid, words);
    const text = isText ? this.#shared.texts.find(uid) : undefined;
    if (isText && text === undefined) return 0;
    if (text !== undefined) words.set([text, 0, 0, 0]);
    const flag = isText ? FLAG.UID_IS_TEXT : 0;
    for (let row = this.#hash.first(this.#hashOf(words)); row !== 0; row = this.#hash.next(row)) {
      if ((this.#rows.get(row, POD.FLAGS) & FLAG.UID_IS_TEXT) === flag && this.#hasWords(row, words)) return row;
    }
    return 0;
  }

  #hasWords(row: number, words: Uint32Array): boolean {
    for (let word = 0; word < 4; word += 1) if (this.#rows.get(row, POD.UID + word) !== words[word]) return false;
    return true;
  }

  #hashOfRow(row: number): number {
    for (let word = 0; word < 4; word += 1) this.#hashed[word] = this.#rows.get(row, POD.UID + word);
    return this.#hashOf(this.#hashed);
  }

  #hashOf(words: Uint32Array): number {
    let hash = this.#shared.seed;
    for (let word = 0; word < 4; word += 1) hash = mix(hash, words[word] as number);
    return finish(hash);
  }
}
