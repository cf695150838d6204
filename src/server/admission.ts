/** How many may be at work at once, in all and for one caller: beyond it 429, so that those admitted are served well. */
export interface AdmissionLimits {
  readonly all: number;
  readonly each: number;
}

/** Counts who is at work. `enter` and `leave` come in pairs. */
export class Admission {
  readonly limits: AdmissionLimits;
  readonly #byCaller = new Map<string, number>();
  #all = 0;

  constructor(limits: AdmissionLimits) {
    this.limits = limits;
  }

  enter(caller: string): boolean {
    const own = this.#byCaller.get(caller) ?? 0;
    if (this.#all >= this.limits.all || own >= this.limits.each) return false;
    this.#all += 1;
    this.#byCaller.set(caller, own + 1);
    return true;
  }

  leave(caller: string): void {
    const own = (this.#byCaller.get(caller) ?? 1) - 1;
    this.#all -= 1;
    if (own === 0) this.#byCaller.delete(caller);
    else this.#byCaller.set(caller, own);
  }
}
