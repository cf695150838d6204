/**
 * What happened in one stream that no commit tells of: rights or scope of a cluster changed, or it was read anew.
 * A token from before such a turn cannot say what its reader holds of that cluster.
 */
export class StreamHistory {
  readonly id: number;
  readers = 0;
  readonly #turns = new Map<string, number>();

  constructor(id: number) {
    this.id = id;
  }

  turn(cluster: string): number {
    return this.#turns.get(cluster) ?? 0;
  }

  /** Something of this kind is about to happen to the cluster. */
  turnOver(cluster: string): void {
    this.#turns.set(cluster, this.turn(cluster) + 1);
  }

  /** Clusters to which it ever did. */
  clusters(): Iterable<string> {
    return this.#turns.keys();
  }
}

/** The histories of this process's streams: of all that are open, and of the last that ended. */
export class StreamJournal {
  readonly #maxEnded: number;
  readonly #open = new Map<number, StreamHistory>();
  readonly #ended = new Map<number, StreamHistory>();
  #begun = 0;

  constructor(maxEnded = 10_000) {
    this.#maxEnded = maxEnded;
  }

  /** A history of its own. Remembered from `open` on. */
  begin(): StreamHistory {
    this.#begun += 1;
    return new StreamHistory(this.#begun);
  }

  /** The history of an earlier stream, to go on with; undefined when it is not remembered. */
  find(id: number): StreamHistory | undefined {
    return this.#open.get(id) ?? this.#ended.get(id);
  }

  open(history: StreamHistory): void {
    history.readers += 1;
    this.#ended.delete(history.id);
    this.#open.set(history.id, history);
  }

  end(history: StreamHistory): void {
    history.readers -= 1;
    if (history.readers > 0) return;
    this.#open.delete(history.id);
    this.#ended.set(history.id, history);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= this.#maxEnded) return;
      this.#ended.delete(oldest);
    }
  }
}
