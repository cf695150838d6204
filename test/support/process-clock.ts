import type { Clock } from '../../src/runtime/clock.ts';
import type { VirtualClock } from '../../src/runtime/virtual-clock.ts';

/**
 * The clock of one process in a world in virtual time: its monotonic clock runs at a rate of its own, its wall clock
 * jumps, and it can be stopped (SIGSTOP): then time goes on, and nothing that waits is woken until it continues.
 */
export class ProcessClock implements Clock {
  readonly #world: VirtualClock;
  readonly #rate: number;
  #wallOffset = 0;
  #resumed: PromiseWithResolvers<void> | undefined;

  constructor(world: VirtualClock, rate = 1) {
    this.#world = world;
    this.#rate = rate;
  }

  get isPaused(): boolean {
    return this.#resumed !== undefined;
  }

  now(): number {
    return this.#world.now() + this.#wallOffset;
  }

  monotonic(): number {
    return this.#world.monotonic() * this.#rate;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#world.sleep(ms / this.#rate, signal);
    await this.running();
  }

  after(ms: number, callback: () => void): Disposable {
    let isDisposed = false;
    const timer = this.#world.after(ms / this.#rate, () => {
      if (!this.isPaused) callback();
      else void this.running().then(() => (isDisposed ? undefined : callback()));
    });
    return {
      [Symbol.dispose]() {
        isDisposed = true;
        timer[Symbol.dispose]();
      },
    };
  }

  yield(): Promise<void> {
    return this.#world.yield();
  }

  /** Resolves when the process runs. */
  running(): Promise<void> {
    return this.#resumed?.promise ?? Promise.resolve();
  }

  pause(): void {
    this.#resumed ??= Promise.withResolvers<void>();
  }

  resume(): void {
    const resumed = this.#resumed;
    this.#resumed = undefined;
    resumed?.resolve();
  }

  jump(ms: number): void {
    this.#wallOffset += ms;
  }
}
