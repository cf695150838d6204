import type { Buckets } from './buckets.ts';
import { LinearHash } from './linear-hash.ts';
import { finish, mix } from './mix.ts';
import { splitName } from './packing.ts';
import { nameWords, type PodGroup, textWord } from './pod-group.ts';
import { POD } from './pod-layout.ts';
import type { Rows } from './rows.ts';
import type { SharedColumns } from './shared-columns.ts';

/** Finds the row of a namespace and name, of which the group holds all but the end. */
export class PodNames {
  readonly #rows: Rows;
  readonly #groups: Buckets<PodGroup>;
  readonly #shared: SharedColumns;
  readonly #hash = new LinearHash((row) => this.#hashOfRow(row));

  constructor(rows: Rows, groups: Buckets<PodGroup>, shared: SharedColumns) {
    this.#rows = rows;
    this.#groups = groups;
    this.#shared = shared;
  }

  get bytes(): number {
    return this.#hash.bytes;
  }

  /** 0: no pod is there. */
  find(namespace: string, name: string): number {
    const { prefix, suffix } = splitName(name);
    const inNamespace = textWord(this.#shared.texts, namespace);
    const withPrefix = textWord(this.#shared.texts, prefix);
    if (inNamespace === undefined || withPrefix === undefined) return 0;
    const hash = this.#hashOf(inNamespace, withPrefix, suffix);
    for (let row = this.#hash.first(hash); row !== 0; row = this.#hash.next(row)) {
      if (this.#rows.get(row, POD.SUFFIX) !== suffix) continue;
      const [namespaceWord, prefixWord] = nameWords(this.#groups.tuples, this.#groups.idOf(row));
      if (namespaceWord === inNamespace && prefixWord === withPrefix) return row;
    }
    return 0;
  }

  /** A row that is in its group and has its suffix. */
  add(row: number): void {
    this.#hash.add(row, this.#hashOfRow(row));
  }

  /** Before the row leaves its group. */
  delete(row: number): void {
    this.#hash.delete(row, this.#hashOfRow(row));
  }

  #hashOfRow(row: number): number {
    const [namespace, prefix] = nameWords(this.#groups.tuples, this.#groups.idOf(row));
    return this.#hashOf(namespace, prefix, this.#rows.get(row, POD.SUFFIX));
  }

  #hashOf(namespace: number, prefix: number, suffix: number): number {
    return finish(mix(mix(mix(this.#shared.seed, namespace), prefix), suffix));
  }
}
