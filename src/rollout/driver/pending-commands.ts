import type { CommandAnswer } from '../run-driver.ts';

interface Waiting {
  readonly resolve: (answer: CommandAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Who waits for the decision on a command, by the command's id; the same id may be asked for by several. */
export class PendingCommands {
  readonly #waiting = new Map<string, Waiting[]>();

  /** Commands that somebody waits for. */
  get size(): number {
    return this.#waiting.size;
  }

  wait(id: string): Promise<CommandAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), { resolve, reject }]);
    });
  }

  /** To the one who has waited longest: each asking has an answer of its own. */
  answer(id: string, answer: CommandAnswer): void {
    const [first, ...others] = this.#waiting.get(id) ?? [];
    if (others.length === 0) this.#waiting.delete(id);
    else this.#waiting.set(id, others);
    first?.resolve(answer);
  }

  failOne(id: string, error: unknown): void {
    const [first, ...others] = this.#waiting.get(id) ?? [];
    if (others.length === 0) this.#waiting.delete(id);
    else this.#waiting.set(id, others);
    first?.reject(error);
  }

  fail(error: unknown): void {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const { reject } of all) reject(error);
  }
}
