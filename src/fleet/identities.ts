/** Somebody who may turn out to be the same cluster as somebody else. */
export interface Claimant {
  readonly name: string;
  /** Registered earlier is lower. */
  readonly rank: number;
  setDuplicateOf(name: string | undefined): void;
}

/** Two ways to one cluster are one cluster: of those with the same kube-system, the one registered first shows it. */
export class Identities {
  readonly #claims = new Map<string, Set<Claimant>>();
  readonly #onDuplicate: (name: string, of: string) => void;

  constructor(onDuplicate: (name: string, of: string) => void) {
    this.#onDuplicate = onDuplicate;
  }

  claim(systemUid: string, claimant: Claimant): void {
    if (this.#claims.get(systemUid)?.has(claimant) === true) return;
    this.release(claimant);
    const claimants = this.#claims.get(systemUid) ?? new Set();
    this.#claims.set(systemUid, claimants.add(claimant));
    if (claimants.size > 1) this.#settle(claimants, claimant);
    else claimant.setDuplicateOf(undefined);
  }

  release(claimant: Claimant): void {
    for (const [systemUid, claimants] of this.#claims) {
      if (!claimants.delete(claimant)) continue;
      if (claimants.size === 0) this.#claims.delete(systemUid);
      else this.#settle(claimants);
    }
  }

  #settle(claimants: ReadonlySet<Claimant>, newcomer?: Claimant): void {
    const [first, ...others] = [...claimants].sort((a, b) => a.rank - b.rank);
    if (first === undefined) return;
    for (const other of others) other.setDuplicateOf(first.name);
    first.setDuplicateOf(undefined);
    if (newcomer !== undefined) this.#onDuplicate(newcomer === first ? (others[0]?.name ?? '') : newcomer.name, first.name);
  }
}
