/** A message of a stream of objects, with what every document of ours selects. */
export interface FoldableMessage {
  readonly phase: string;
  readonly changes: readonly FoldableChange[];
  readonly resumeToken?: string | null;
  readonly conflated?: number;
  readonly staleClusters?: readonly { readonly name: string }[] | null;
  readonly resyncClusters?: readonly { readonly name: string }[] | null;
}

/** The object is in a field of its own, e.g. `pod`. */
export interface FoldableChange {
  readonly type: string;
  readonly id: string;
  readonly cluster?: { readonly name: string };
  readonly [field: string]: unknown;
}

/**
 * What a reader keeps of a stream of objects, by the text of the schema (type Subscription): rows by id, the last
 * token, the clusters that are not live. Takes a resumed stream as the continuation of the one before.
 */
export class StreamFold<Row> {
  readonly rows = new Map<string, Row>();
  resumeToken: string | undefined;
  staleClusters: readonly string[] = [];
  /** How often each phase was told. */
  readonly phases = new Map<string, number>();
  /** What a stream that keeps its word never sends. */
  readonly broken: string[] = [];
  readonly #field: string;
  readonly #clusters = new Map<string, string>();
  #resync: { readonly clusters: ReadonlySet<string> | undefined; readonly named: Set<string> } | undefined;
  #opening = true;
  #resuming = false;

  /** `field`: where a change carries its object. */
  constructor(field: string) {
    this.#field = field;
  }

  count(phase: string): number {
    return this.phases.get(phase) ?? 0;
  }

  /** The stream is opened anew with the last token: what was told after that token is told again. */
  reopen(): void {
    this.#opening = true;
    this.#resuming = true;
    this.#resync = undefined;
  }

  take(message: FoldableMessage): void {
    const { phase, changes, resumeToken, staleClusters } = message;
    this.phases.set(phase, this.count(phase) + 1);
    if (phase === 'RESYNC') this.#beginResync(message);
    if (phase === 'SNAPSHOT' && (!this.#opening || this.#resuming) && this.#resync === undefined)
      this.broken.push('SNAPSHOT without RESYNC');
    this.#apply(changes);
    if (phase === 'SYNCED') this.#finishOpening();
    if (resumeToken != null) this.resumeToken = resumeToken;
    if (resumeToken == null && (phase === 'SYNCED' || phase === 'CLOSING')) this.broken.push(`${phase} without a token`);
    if (staleClusters != null) this.staleClusters = staleClusters.map(({ name }) => name).sort();
    if (staleClusters == null && (phase === 'SYNCED' || phase === 'FRESHNESS')) this.broken.push(`${phase} without staleClusters`);
  }

  #beginResync({ resyncClusters }: FoldableMessage): void {
    const clusters = resyncClusters == null ? undefined : new Set(resyncClusters.map(({ name }) => name));
    this.#resync = { clusters, named: new Set() };
  }

  #apply(changes: readonly FoldableChange[]): void {
    if (new Set(changes.map(({ id }) => id)).size < changes.length) this.broken.push('an object twice in one message');
    for (const change of changes) this.#applyOne(change);
  }

  #applyOne(change: FoldableChange): void {
    const { type, id } = change;
    const row = change[this.#field] as Row | null | undefined;
    if (type === 'REMOVED') {
      if (row != null) this.broken.push(`REMOVED with an object: ${id}`);
      if (!this.rows.delete(id) && !this.#resuming) this.broken.push(`REMOVED and never told: ${id}`);
      return;
    }
    if (row == null) {
      this.broken.push(`${type} without an object: ${id}`);
      return;
    }
    if (type === 'MODIFIED' && !this.rows.has(id)) this.broken.push(`MODIFIED and never told: ${id}`);
    if (type === 'ADDED' && this.rows.has(id) && this.#resync === undefined && !this.#resuming) this.broken.push(`ADDED twice: ${id}`);
    this.rows.set(id, row);
    this.#clusters.set(id, clusterOf(change, row));
    this.#resync?.named.add(id);
  }

  #finishOpening(): void {
    this.#opening = false;
    this.#resuming = false;
    const resync = this.#resync;
    this.#resync = undefined;
    if (resync === undefined) return;
    for (const id of [...this.rows.keys()]) {
      const concerned = resync.clusters === undefined || resync.clusters.has(this.#clusters.get(id) ?? '');
      if (concerned && !resync.named.has(id)) this.rows.delete(id);
    }
  }
}

function clusterOf(change: FoldableChange, row: unknown): string {
  const { cluster } = row as { readonly cluster?: { readonly name: string } };
  return change.cluster?.name ?? cluster?.name ?? '';
}
