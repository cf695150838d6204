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
  /** What the writer asks for is mostly what it has just asked for: its row (0: none), its words if it is a UUID. '': nothing. */
  #lastUid = '';
  #lastRow = 0;
  #lastIsUuid = false;

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
    this.#lastIsUuid = packUuid(uid, this.#packed);
    this.#lastRow = this.#lastIsUuid ? this.#lookUp(0) : this.#lookUpText(uid);
    this.#lastUid = uid;
    return this.#lastRow;
  }

  /** A new row, which has this uid and nothing else. Only for one that no row has. */
  insert(uid: string): number {
    if (this.find(uid) !== 0) throw new RangeError(`the uid ${uid} has a row`);
    const row = this.#rows.allocate();
    this.#cells.setUid(row, this.#packed, this.#lastIsUuid ? undefined : uid);
    this.#hash.add(row, this.#hashOfRow(row));
    this.#lastRow = row;
    return row;
  }

  /** The row itself is the caller's to release. */
  delete(row: number): void {
    this.#lastUid = '';
    this.#hash.delete(row, this.#hashOfRow(row));
  }

  #lookUpText(uid: string): number {
    const text = this.#shared.texts.find(uid);
    if (text === undefined) return 0;
    this.#packed.set([text, 0, 0, 0]);
    return this.#lookUp(FLAG.UID_IS_TEXT);
  }

  /** The row whose words are the packed ones. */
  #lookUp(flag: number): number {
    const words = this.#packed;
    const hash = this.#hashOf(words[0] as number, words[1] as number, words[2] as number, words[3] as number);
    for (let row = this.#hash.first(hash); row !== 0; row = this.#hash.next(row)) {
      if ((this.#rows.get(row, POD.FLAGS) & FLAG.UID_IS_TEXT) === flag && this.#hasWords(row, words)) return row;
    }
    return 0;
  }

  #hasWords(row: number, words: Uint32Array): boolean {
    for (let word = 0; word < 4; word += 1) if (this.#rows.get(row, POD.UID + word) !== words[word]) return false;
    return true;
  }

  #hashOfRow(row: number): number {
    const rows = this.#rows;
    return this.#hashOf(rows.get(row, POD.UID), rows.get(row, POD.UID + 1), rows.get(row, POD.UID + 2), rows.get(row, POD.UID + 3));
  }

  #hashOf(word0: number, word1: number, word2: number, word3: number): number {
    return finish(mix(mix(mix(mix(this.#shared.seed, word0), word1), word2), word3));
  }
}
