import type { Clock } from '../../runtime/clock.ts';

/** Told when a machine goes down or comes back. */
export type MachineListener = (nodeName: string) => void;

/**
 * The machines under a cluster's nodes: which are switched off, and since when. A node whose name was never
 * switched off runs. This is what real control planes learn from missing heartbeats.
 */
export class Machines {
  readonly #clock: Clock;
  readonly #downSince = new Map<string, number>();
  readonly #listeners: MachineListener[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isUp(nodeName: string): boolean {
    return !this.#downSince.has(nodeName);
  }

  /** Milliseconds since the machine went down; undefined while it runs. */
  downForMs(nodeName: string): number | undefined {
    const since = this.#downSince.get(nodeName);
    return since === undefined ? undefined : this.#clock.monotonic() - since;
  }

  get downCount(): number {
    return this.#downSince.size;
  }

  switchOff(nodeName: string): void {
    if (this.#downSince.has(nodeName)) return;
    this.#downSince.set(nodeName, this.#clock.monotonic());
    this.#tell(nodeName);
  }

  switchOn(nodeName: string): void {
    if (this.#downSince.delete(nodeName)) this.#tell(nodeName);
  }

  onChange(listener: MachineListener): void {
    this.#listeners.push(listener);
  }

  #tell(nodeName: string): void {
    for (const listener of this.#listeners) listener(nodeName);
  }
}
