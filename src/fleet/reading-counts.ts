import type { ReflectorStatus } from '../informer/reflector-status.ts';

/** What reading a cluster has taken since it was added. */
export interface ReadingCounts {
  /** Kinds listed again, by reason. */
  readonly relists: ReadonlyMap<string, number>;
  /** Watches opened again after anything but their regular end. */
  readonly reconnects: number;
  /** Background comparisons with the server that came to a result, and how many of them made a kind be read anew. */
  readonly comparisons: number;
  readonly differences: number;
}

/** Adds up relists and reconnects of kinds, also of those that are watched no more: no count goes back. */
export class ReadingTally {
  readonly relists: Map<string, number>;
  reconnects: number;

  constructor(past: Pick<ReadingCounts, 'relists' | 'reconnects'> = { relists: new Map(), reconnects: 0 }) {
    this.relists = new Map(past.relists);
    this.reconnects = past.reconnects;
  }

  add({ relistReasons, reconnects }: ReflectorStatus): this {
    for (const [reason, count] of relistReasons) this.relists.set(reason, (this.relists.get(reason) ?? 0) + count);
    this.reconnects += reconnects;
    return this;
  }
}
