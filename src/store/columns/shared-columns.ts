import { finish, mix } from './mix.ts';
import { TextTable } from './text-table.ts';
import { TupleDraft } from './tuple-table.ts';

/** What the column tables of all clusters share: the texts, and the seed that keeps hashes from being foreseen. */
export class SharedColumns {
  readonly texts = new TextTable();
  readonly draft = new TupleDraft(this.texts);
  readonly seed: number;

  /** `seed`: any whole number; the servers must not know it, or they could make all their uids collide. */
  constructor(seed: number) {
    this.seed = finish(mix(0, seed | 0));
  }
}
